"""`grader submit` and the labs: what is packed, and what a student is told may be missing."""

import json
import zipfile

import pytest

from grader import commands
from grader.commands import submit_command
from grader.labs import EMPTY_ANSWER, SET_UP, handing_in
from grader.labs.handing_in import labs_in
from grader.labs.notebook import notebook_of
from grader.labs.source import Cell

CELLS = [
    Cell("markdown", "# Tiny"),
    Cell("code", "import numpy as np", SET_UP),
    Cell("code", "print(1)"),
    Cell("markdown", "Why?", "why", ("question",)),
    Cell("markdown", EMPTY_ANSWER, "why-answer", ("answer",)),
]
ERROR = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
PRINTED = {"output_type": "stream", "name": "stdout", "text": "1\n"}


@pytest.fixture
def complete():
    """A lab as it is saved when it was run from top to bottom and its question was answered."""
    notebook = json.loads(notebook_of(CELLS))
    for count, cell in enumerate(notebook["cells"][1:3], start=1):
        cell["execution_count"] = count
    notebook["cells"][2]["outputs"] = [PRINTED]
    notebook["cells"][4]["source"] = [f"{EMPTY_ANSWER}\n", "It is the mean, so it shrinks."]
    return notebook


@pytest.fixture
def found(tmp_path, manifest):
    """Looks at a folder with one notebook."""

    def look(notebook, name="tiny.ipynb"):
        text = notebook if isinstance(notebook, str) else json.dumps(notebook)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return labs_in(tmp_path, manifest)

    return look


def test_a_complete_lab_gives_no_warning(found, complete):
    labs = found(complete)
    assert labs.warnings == []
    assert list(labs.files) == ["tiny.ipynb"]


def test_a_lab_that_was_not_run(found, complete, manifest):
    for cell in complete["cells"][1:3]:
        cell.update(execution_count=None, outputs=[])
    assert found(complete).warnings == [manifest.say("lab_not_run", lab="tiny", count=2)]


def test_a_lab_with_an_error(found, complete, manifest):
    complete["cells"][2]["outputs"] = [PRINTED, ERROR]
    assert found(complete).warnings == [manifest.say("lab_error", lab="tiny")]


@pytest.mark.parametrize("text", [EMPTY_ANSWER, "Your answer:", f"{EMPTY_ANSWER}\n\n ", "", "**"])
def test_a_question_without_an_answer(found, complete, manifest, text):
    complete["cells"][4]["source"] = text
    assert found(complete).warnings == [manifest.say("lab_unanswered", lab="tiny", questions="why")]


def test_an_answer_may_take_the_place_of_the_prompt(found, complete):
    complete["cells"][4]["source"] = "No."
    assert found(complete).warnings == []


def test_an_empty_cell_need_not_be_run(found, complete):
    complete["cells"].append({**complete["cells"][2], "source": "", "execution_count": None})
    assert found(complete).warnings == []


def test_texts_are_packed_and_outputs_are_not(found, complete):
    packed = json.loads(found(complete).files["tiny.ipynb"])
    assert [cell["source"] for cell in packed["cells"]] == [
        cell["source"] for cell in complete["cells"]
    ]
    code = [cell for cell in packed["cells"] if cell["cell_type"] == "code"]
    assert [(cell["outputs"], cell["execution_count"]) for cell in code] == [([], None)] * 2


def test_a_notebook_of_the_students_own_is_left_out(found, complete):
    del complete["cells"][1]["metadata"]["name"]
    labs = found(complete)
    assert (labs.files, labs.warnings) == ({}, [])


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"cells": 1}', "[" * 100_000])
def test_what_is_no_notebook_is_left_out_and_named(found, manifest, text):
    labs = found(text)
    assert labs.files == {}
    assert labs.warnings == [manifest.say("lab_unreadable", lab="tiny.ipynb")]


def test_a_lab_that_is_too_large_is_left_out_and_named(found, complete, manifest, monkeypatch):
    monkeypatch.setattr(handing_in, "MAX_PACKED", 100)
    labs = found(complete)
    assert labs.files == {}
    assert labs.warnings == [manifest.say("lab_unreadable", lab="tiny.ipynb")]


@pytest.mark.parametrize("index", [1, 2, 4])
@pytest.mark.parametrize(
    "damage",
    [
        {"outputs": 5},
        {"outputs": [5]},
        {"source": None},
        {"source": 5},
        {"metadata": 5},
        {"metadata": {"name": 5, "tags": 5}},
        {"cell_type": 5},
    ],
    ids=str,
)
def test_no_damage_to_a_cell_stops_the_handing_in(found, complete, index, damage):
    complete["cells"][index].update(damage)
    found(complete)


def test_submit_packs_the_lab_and_tells_what_is_missing(
    built_toy, monkeypatch, capsys, complete, manifest
):
    monkeypatch.chdir(built_toy.root)
    complete["cells"][4]["source"] = EMPTY_ANSWER
    (built_toy.starter / "tiny.ipynb").write_text(json.dumps(complete))
    assert submit_command() == commands.DONE
    printed = " ".join(capsys.readouterr().out.split())
    assert manifest.say("lab_unanswered", lab="tiny", questions="why") in printed
    with zipfile.ZipFile(built_toy.root / "submission.zip") as packed:
        assert "tiny.ipynb" in packed.namelist()
