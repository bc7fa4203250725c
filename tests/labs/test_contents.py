"""What each lab holds: the names listed in contents/, and the conventions all labs share."""

from itertools import pairwise
from pathlib import Path

import pytest

from grader.labs import ANSWER, EMPTY_ANSWER, PICTURE, QUESTION
from grader.labs.notebook import lab_cells, lab_names, notebook_of

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "assignment" / "labs"
CONTENTS = Path(__file__).parent / "contents"
LABS = lab_names(SOURCES)


def listed(lab):
    return (CONTENTS / f"{lab}.txt").read_text(encoding="utf-8").split()


def test_every_lab_has_its_list_and_every_list_its_lab():
    assert LABS
    assert sorted(path.stem for path in CONTENTS.glob("*.txt")) == LABS


@pytest.mark.parametrize("lab", LABS)
def test_what_is_listed_is_there(lab):
    names = [cell.name for cell in lab_cells(SOURCES, lab) if cell.name]
    assert listed(lab)
    assert len(set(listed(lab))) == len(listed(lab))
    assert [name for name in listed(lab) if name not in names] == []
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("lab", LABS)
def test_every_question_has_its_answer_cell(lab):
    cells = lab_cells(SOURCES, lab)
    below = dict(pairwise(cells))
    questions = [cell for cell in cells if QUESTION in cell.tags]
    assert questions
    for question in questions:
        answer = below[question]
        assert (answer.name, answer.source) == (f"{question.name}-answer", EMPTY_ANSWER)
    assert sum(ANSWER in cell.tags for cell in cells) == len(questions)


@pytest.mark.parametrize("lab", LABS)
def test_one_code_cell_draws_the_picture(lab):
    (cell,) = (cell for cell in lab_cells(SOURCES, lab) if PICTURE in cell.tags)
    assert cell.kind == "code"


@pytest.mark.parametrize("lab", LABS)
def test_the_first_cell_is_the_title(lab):
    assert lab_cells(SOURCES, lab)[0].source.startswith("# ")


@pytest.mark.parametrize("lab", LABS)
def test_it_can_be_built_again_with_the_same_bytes(lab):
    assert notebook_of(lab_cells(SOURCES, lab)) == notebook_of(lab_cells(SOURCES, lab))
