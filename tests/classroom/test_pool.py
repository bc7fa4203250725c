"""Workers that die are replaced, and nothing but what kills them is given up."""

import os
import sys

import pytest

from grader.classroom import pool
from grader.classroom.pool import WorkerLost, grade_here
from grader.classroom.worker import Done, Setup, Task

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="os.kill")
SETUP = Setup("nowhere", 1)


def stand_in(setup, task):
    """In place of grading: one task ends its worker every time, one only the first time."""
    if task.student == "deadly":
        os._exit(1)
    if task.student == "unlucky" and not os.path.exists(task.refused):
        open(task.refused, "w").close()
        os._exit(1)
    return Done(task.student, task.submission, {"worker": os.getpid()})


@pytest.fixture
def graded(monkeypatch):
    monkeypatch.setattr(pool, "grade_task", stand_in)

    def run(*students, workers=2, marker=""):
        tasks = (Task(student, f"sha256:{student}", {}, marker) for student in students)
        return list(grade_here(SETUP, tasks, workers))

    return run


def test_all_are_graded(graded):
    names = [f"student{number}" for number in range(30)]
    found = graded(*names)
    assert sorted(done.student for done in found) == sorted(names)
    assert os.getpid() not in {done.result["worker"] for done in found}


def test_no_tasks_need_no_worker(graded):
    assert graded() == []


def test_a_submission_that_ends_every_worker_is_given_up_alone(graded):
    names = [f"student{number}" for number in range(12)]
    found = graded(*names[:5], "deadly", *names[5:])
    assert sorted(done.student for done in found if isinstance(done, Done)) == sorted(names)
    assert [str(lost) for lost in found if isinstance(lost, WorkerLost)] == ["deadly"]


def test_a_worker_that_dies_once_loses_nothing(graded, tmp_path):
    found = graded("one", "unlucky", "two", marker=str(tmp_path / "seen"))
    assert sorted(done.student for done in found) == ["one", "two", "unlucky"]


def test_tasks_are_not_handed_out_far_ahead(monkeypatch):
    monkeypatch.setattr(pool, "grade_task", stand_in)
    taken = []

    def tasks():
        for number in range(50):
            taken.append(number)
            yield Task(f"student{number}", "", {})

    results = grade_here(SETUP, tasks(), 1)
    next(results)
    assert len(taken) <= 2 * pool.AHEAD + 1
    results.close()
