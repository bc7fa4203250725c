"""Grading again: all, some students, some questions, or what was withheld."""

import sys

import pytest

from grader.classroom.changes import compared
from grader.classroom.grades import final_grade, penalties
from grader.classroom.grading import grade_all, take_in
from grader.classroom.layouts import find_submissions
from grader.classroom.policies import Policies
from grader.classroom.records import Scope
from grader.classroom.regrading import regrade, withheld
from tests.classroom.conftest import WRONG

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="confined on Linux only"
)
SEED = 20


@pytest.fixture
def class_folder(write_class):
    """Three students: right, wrong in one question, and wrong in another."""
    return write_class(ann={}, bob=WRONG, cy={"more.py": "def triple(x):\n    return x\n"})


@pytest.fixture
def graded(toy, class_folder, book):
    """The toy assignment, with the class graded once."""
    project = toy()
    take_in(book, find_submissions(class_folder).found)
    grade_all(project, book, seed=SEED, workers=1)
    return project


def again(project, book, scope=None, **options):
    chosen = {"reason": "regrade", "seed": SEED + 1, "workers": 1, **options}
    return regrade(project, book, scope or Scope(), **chosen)


def by_run(book, student):
    return {attempt.run: attempt for attempt in book.attempts(student)}


def test_everything_is_graded_again_with_a_seed_of_its_own(graded, book):
    run, tally = again(graded, book, reason="the tolerance was too small")
    assert (tally.graded, run.seed, run.reason) == (3, SEED + 1, "the tolerance was too small")
    assert len(list(book.attempts())) == 6
    assert again(graded, book)[1].graded == 3, "asked for again, it is done again"
    assert grade_all(graded, book, seed=9, workers=1)[1].graded == 0


def test_one_student(graded, book):
    run, tally = again(graded, book, Scope(students=("bob",)))
    assert tally.graded == 1
    assert set(by_run(book, "bob")) == {1, run.number}
    assert set(by_run(book, "ann")) == {1}


def test_one_question_and_the_others_as_they_were(toy, toy_checks, graded, book):
    kinder = toy_checks.replace(
        '    assert_close(student.triple(x), reference.triple(x), what="y")',
        "    student.triple(x)",
    )
    project = toy(checks=kinder)
    run, _ = again(project, book, Scope(questions=("triple",)))
    before, after = by_run(book, "cy").values()
    assert (before.bonus, after.bonus, after.max_bonus) == (0.0, 7.0, 7.0)
    assert (after.score, after.max_score) == (before.score, before.max_score)
    names = [question["name"] for question in before.result["questions"]]
    assert [question["name"] for question in after.result["questions"]] == names
    assert after.origins == {name: 1 for name in names if name != "triple"}
    again(project, book, Scope(questions=("double",)))
    last = list(by_run(book, "cy").values())[-1]
    assert (last.origins["halve"], last.origins["triple"]) == (1, run.number)
    assert last.bonus == 7.0


def test_where_points_have_changed_no_old_result_is_taken_over(toy, toy_questions, graded, book):
    moved = toy_questions.replace("points = 40", "points = 50").replace(
        "points = 30", "points = 20"
    )
    again(toy(questions=moved), book, Scope(questions=("triple",)))
    last = list(by_run(book, "ann").values())[-1]
    assert (last.origins, last.score) == ({}, 100.0)
    assert last.result["questions"][0]["max_score"] == 50.0


def test_what_the_grader_failed_on_is_graded_again(toy, toy_checks, class_folder, book):
    broken = toy_checks.replace(
        '    assert_close(student.double(np.zeros(3)), np.zeros(3), what="y")',
        "    if student.double(np.ones(1))[0] > 2.5:\n        raise OSError('our fault')",
    )
    take_in(book, find_submissions(class_folder).found)
    _, tally = grade_all(toy(checks=broken), book, seed=SEED, workers=1)
    assert tally.withheld == ["bob"]
    assert {student for student, _ in withheld(book)} == {"bob"}
    mended = toy()
    _, tally = again(mended, book, Scope(withheld=True))
    assert (tally.graded, tally.withheld) == (1, [])
    assert withheld(book) == set()
    assert again(mended, book, Scope(withheld=True)) == (None, type(tally)())


def test_corrections_and_penalties_survive(graded, book):
    book.add_override("bob", 77.0, author="Eve", reason="agreed", now="2026-03-01")
    again(graded, book)
    book.set_penalties(penalties(book, Policies()))
    assert final_grade(book, Policies(), "bob").total == 77.0


def test_an_interrupted_regrade_is_gone_on_with(graded, book, tmp_path):
    scope = Scope(questions=("double",))

    def stop(tally):
        if tally.graded == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        again(graded, book, scope, progress=stop)
    run, tally = again(graded, book, scope, seed=99)
    assert (run.number, run.seed, tally.graded) == (2, SEED + 1, 2)
    assert [list(by_run(book, student)) for student in ("ann", "bob", "cy")] == [[1, 2]] * 3


def test_what_changed_is_found(toy, toy_checks, graded, book):
    kinder = toy_checks.replace(
        '    assert_close(student.triple(x), reference.triple(x), what="y")',
        "    student.triple(x)",
    )
    again(toy(checks=kinder), book)
    found = compared(book)
    assert (found.compared, found.new, found.runs) == (3, 0, {(1, 2): 3})
    (change,) = found.changes
    assert (change.student.id, change.points, change.after.bonus) == ("cy", 0.0, 7.0)
    (check,) = change.checks
    assert (check.question, check.before, check.after) == ("triple", "failed", "passed")
