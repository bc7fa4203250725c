"""The gradebook keeps everything, once, for its owner alone."""

import os
import sqlite3
import stat
import threading

import pytest

from grader.classroom.database import CLOCKS, GradebookError
from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Attempt, Delivery, Student

RESULT = {
    "questions": [
        {
            "name": "double",
            "checks": [
                {
                    "name": "doubles",
                    "status": "failed",
                    "score": 0.0,
                    "max_score": 1.0,
                    "relative_error": 0.5,
                    "diagnosis": {"id": "double-triples", "text": "..."},
                    "seconds": 0.25,
                }
            ],
        }
    ]
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.db"


@pytest.fixture
def book(path):
    with Gradebook(path) as book:
        book.add_delivery(Delivery("ann", "sha256:1", "ann.zip", "2026-11-21T10:00:00+00:00"), b"1")
        yield book


def attempt(book, student="ann", submission="sha256:1", seconds=1.0, run=None):
    run = run or book.begin_run("sha256:g", 2**127, "grade", "now")
    totals = (0.0, 1.0, None, 0.0)
    return Attempt(
        *(student, submission, run.grader, run.number, *totals),
        *(RESULT, {"numpy": "2"}, "now", seconds),
    )


def test_what_was_written_is_there_when_it_is_opened_again(path, book):
    one = attempt(book)
    assert book.add_attempt(one)
    with Gradebook(path) as again:
        (found,) = again.attempts("ann")
        assert (found.score, found.bonus, found.environment) == (0.0, None, {"numpy": "2"})
        assert [run.seed for run in again.runs()] == [2**127]
        assert again.deliveries()[0].submitted_at == "2026-11-21T10:00:00+00:00"
        assert again.content("sha256:1") == (b"1", "")
    assert list(book.attempts("nobody")) == []


def test_the_same_attempt_is_kept_once(book):
    one = attempt(book)
    assert book.add_attempt(one)
    before = book.dump()
    assert not book.add_attempt(one)
    assert book.dump() == before
    assert book.graded("sha256:g") == {("ann", "sha256:1")}
    assert book.graded("sha256:other") == set()


def test_clocks_are_no_part_of_what_two_gradebooks_have_in_common(book, tmp_path):
    book.add_attempt(attempt(book, seconds=1.0))
    with Gradebook(tmp_path / "other.db") as other:
        other.add_delivery(book.deliveries()[0], b"1")
        other.add_attempt(attempt(other, seconds=2.0))
        assert other.dump() == book.dump()
        other.add_override("ann", 1.0, author="ta", reason="a typo in the task", now="later")
        assert other.dump() != book.dump()


def test_every_clock_is_a_column(book):
    with sqlite3.connect(book.path) as db:
        for table, columns in CLOCKS.items():
            there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
            assert set(columns) <= there
    db.close()


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_only_its_owner_can_read_it(path, book):
    book.add_attempt(attempt(book))
    for file in path.parent.glob("gradebook.db*"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_a_student_who_is_purged_is_gone_and_the_others_are_not(path, book):
    book.add_students([Student("ann", "Ann Unique-Name"), Student("bob")])
    book.add_delivery(Delivery("bob", "sha256:1", "bob.zip"), b"1")
    book.add_delivery(Delivery("ann", "sha256:2", "ann.zip"), b"only-anns")
    book.add_attempt(attempt(book))
    book.set_penalties([("ann", "sha256:2", 5.0, "a day late")])
    assert book.purge("ann")
    assert not book.purge("ann")
    assert [student.id for student in book.students()] == ["bob"]
    assert book.content("sha256:1")[0] == b"1"
    with pytest.raises(GradebookError, match="holds no submission"):
        book.content("sha256:2")
    book.close()
    everything = b"".join(file.read_bytes() for file in path.parent.glob("gradebook.db*"))
    assert b"Ann Unique-Name" not in everything
    assert b"only-anns" not in everything


def test_several_can_write_at_once(path, book):
    run = book.begin_run("sha256:g", 1, "grade", "now")
    students = [f"student{number}" for number in range(40)]
    for student in students:
        book.add_delivery(Delivery(student, "sha256:1", student), b"1")
    added = []

    def write():
        with Gradebook(path) as mine:
            added.extend(mine.add_attempt(attempt(mine, s, run=run)) for s in students)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(added) == len(students)
    assert len(list(book.attempts())) == len(students)


def test_half_a_transaction_is_none(book):
    broken = attempt(book)
    broken = Attempt(**{**broken.__dict__, "result": {"questions": [{"name": "double"}]}})
    with pytest.raises(KeyError):
        book.add_attempt(broken)
    assert list(book.attempts()) == []
    assert book.add_attempt(attempt(book))


def test_an_unfinished_run_is_found_until_it_is_finished(book):
    run = book.begin_run("sha256:g", 7, "grade", "now")
    assert book.unfinished_run("sha256:g", "grade") == run
    assert book.unfinished_run("sha256:other", "grade") is None
    assert book.unfinished_run("sha256:g", "regrade ann") is None
    book.finish_run(run, "later")
    assert book.unfinished_run("sha256:g", "grade") is None
