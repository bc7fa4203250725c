"""A class is graded once, whatever happens on the way."""

import json
import sys
import zipfile

import pytest

from grader.classroom.grading import grade_all, pack, take_in, unpack
from grader.classroom.layouts import find_submissions
from grader.intake.names import MAX_NOTEBOOK
from grader.manual import ManualQuestion
from tests.classroom.conftest import EXITS, WRONG

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="confined on Linux only")
pytestmark = linux
SEED = 20


@pytest.fixture
def class_folder(write_class):
    """Six students of the toy assignment: right, wrong, unfinished, and one unreadable."""
    return write_class(
        ann={},
        bob=WRONG,
        cy={"more.py": "def triple(x):\n    raise NotImplementedError\n"},
        dee=EXITS,
        eve={},
        fay=b"no zip at all",
    )


def grade(project, book, **options):
    return grade_all(project, book, **{"seed": SEED, "workers": 1, **options})


ASKED = (ManualQuestion("why", "Why", "tiny", 2),)


def notebook(text):
    """The lab `tiny`, with this answer to its question."""
    cells = [
        {"cell_type": "code", "metadata": {}, "source": "1 / 0", "outputs": []},
        {"cell_type": "markdown", "metadata": {"name": "why-answer"}, "source": text},
    ]
    return json.dumps({"nbformat": 4, "cells": cells})


def test_answers_come_in_beside_the_code_and_change_no_digest(class_folder, book):
    found = find_submissions(class_folder).found
    take_in(book, found)
    before = book.deliveries()
    (class_folder / "ann" / "tiny.ipynb").write_text(notebook("Because."))
    assert take_in(book, find_submissions(class_folder).found, ASKED) == []
    (class_folder / "ann" / "tiny.ipynb").write_text(notebook("On second thoughts, no."))
    for _ in range(2):
        assert take_in(book, find_submissions(class_folder).found, ASKED) == []
    assert book.deliveries() == before
    assert [(a.student, a.text, a.source) for a in book.answers()] == [
        ("ann", "Because.", "ann"),
        ("ann", "On second thoughts, no.", "ann"),
    ]


def test_answers_are_read_from_archives_and_alone(class_folder, book):
    with zipfile.ZipFile(class_folder / "gil.zip", "w") as packed:
        packed.writestr("work/arithmetic.py", "")
        packed.writestr("work/labs/tiny.ipynb", notebook("In a zip."))
    (class_folder / "hal.ipynb").write_text(notebook("Alone."))
    assert take_in(book, find_submissions(class_folder).found, ASKED) == []
    assert [(a.student, a.text) for a in book.answers()] == [
        ("gil", "In a zip."),
        ("hal", "Alone."),
    ]


def test_notebooks_that_cannot_be_read_are_named_and_cost_nobody_else_anything(class_folder, book):
    (class_folder / "ann" / "tiny.ipynb").write_bytes(b"[" * 10_000)
    (class_folder / "bob" / "tiny.ipynb").symlink_to(class_folder / "ann" / "tiny.ipynb")
    (class_folder / "cy" / "tiny.ipynb").write_text(notebook("Because."))
    (class_folder / "dee" / "tiny.ipynb").write_bytes(b" " * (MAX_NOTEBOOK + 1))
    notes = take_in(book, find_submissions(class_folder).found, ASKED)
    assert [note.partition(":")[0] for note in notes] == ["ann", "bob", "dee"]
    assert "tiny.ipynb is not a notebook" in notes[0]
    assert all("tiny.ipynb cannot be taken" in note for note in notes[1:])
    assert [(a.student, a.text) for a in book.answers()] == [("cy", "Because.")]
    assert len(book.deliveries()) == 6


def test_every_student_has_a_complete_result(toy, class_folder, book):
    project = toy()
    take_in(book, find_submissions(class_folder).found)
    run, tally = grade(project, book)
    assert (run.seed, tally.graded, tally.full, tally.withheld) == (SEED, 6, 3, [])
    scores = {attempt.student: attempt.score for attempt in book.attempts()}
    assert scores["ann"] == scores["eve"] == 100.0
    assert scores["fay"] == 0.0
    assert 0 < scores["bob"] < 100
    assert all(attempt.max_score == 100.0 for attempt in book.attempts())
    names = {(check["name"]) for check in _checks(next(book.attempts("fay")))}
    assert names == {check["name"] for check in _checks(next(book.attempts("ann")))}


def _checks(attempt):
    return [check for question in attempt.result["questions"] for check in question["checks"]]


def test_nothing_is_graded_twice(toy, class_folder, book):
    project = toy()
    take_in(book, find_submissions(class_folder).found)
    grade(project, book)
    before = book.dump()
    take_in(book, find_submissions(class_folder).found)
    run, tally = grade(project, book, seed=SEED + 1)
    assert (run, tally.graded) == (None, 0)
    assert book.dump() == before


def test_a_changed_submission_is_graded_and_the_old_result_stays(
    toy, class_folder, toy_files, book
):
    project = toy()
    take_in(book, find_submissions(class_folder).found)
    grade(project, book)
    (class_folder / "bob" / "arithmetic.py").write_text(toy_files["arithmetic.py"])
    take_in(book, find_submissions(class_folder).found)
    _, tally = grade(project, book)
    assert tally.graded == 1
    assert sorted(attempt.score == 100.0 for attempt in book.attempts("bob")) == [False, True]


def test_a_changed_grader_grades_all_again(toy, class_folder, book):
    project = toy()
    take_in(book, find_submissions(class_folder).found)
    grade(project, book)
    path = project.checks / "test_toy.py"
    path.write_text(path.read_text() + "\n# a new version\n")
    _, tally = grade(project, book)
    assert tally.graded == 6
    assert len(list(book.attempts())) == 12


def test_packing_is_the_same_for_the_same_files():
    files = {"b.py": b"2", "a/c.py": b"1"}
    assert pack(files) == pack(dict(reversed(files.items())))
    assert unpack(pack(files)) == files
