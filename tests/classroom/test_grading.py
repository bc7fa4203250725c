"""A class is graded once, whatever happens on the way."""

import sys

import pytest

from grader.classroom.demo import HOSTILE, disagreements, make_class, read_truth
from grader.classroom.grading import grade_all, pack, take_in, unpack
from grader.classroom.layouts import find_submissions
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


def test_a_made_up_class_gets_what_it_deserves(project, tmp_path, book):
    truth = make_class(project, tmp_path / "class", 12, seed=3)
    take_in(book, find_submissions(tmp_path / "class").found)
    grade(project, book, workers=2)
    results = {attempt.student: attempt.result for attempt in book.attempts()}
    truths = read_truth(truth)
    assert len({one.kind for one in truths}) >= 4
    assert disagreements(project, truths, results) == []


def test_the_same_seed_makes_the_same_class(project, tmp_path):
    one, other = (make_class(project, tmp_path / name, 8, seed=5) for name in ("one", "other"))
    assert one.read_text() == other.read_text()
    assert len(HOSTILE) > 1


def test_a_wrong_verdict_is_noticed(project, tmp_path):
    truths = read_truth(make_class(project, tmp_path / "class", 30, seed=5))
    full = {"questions": [{"name": "adam", "score": 15.0, "max_score": 15.0}]}
    none = {"questions": [{"name": "adam", "score": 0.0, "max_score": 15.0}]}
    wrong = next(t for t in truths if t.earns != "full")
    right = next(t for t in truths if t.kind == "solutions")
    wrong_full = {"questions": [{"name": wrong.question, "score": 5.0, "max_score": 5.0}]}
    assert disagreements(project, [right], {right.student: full}) == []
    assert len(disagreements(project, [right], {right.student: none})) == 1
    assert len(disagreements(project, [right], {})) == 1
    assert len(disagreements(project, [wrong], {wrong.student: wrong_full})) == 1
