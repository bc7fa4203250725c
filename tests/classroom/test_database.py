"""What can be the matter with a gradebook's file is told in one sentence."""

import sqlite3

import pytest

from grader.classroom import database
from grader.classroom.database import GradebookError
from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Mark, Scope


@pytest.fixture
def path(tmp_path):
    return tmp_path / "gradebook.db"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"this is text, and long enough" * 99, "not a gradebook"),
        (b"SQLite format 3\0", "gradebook"),
    ],
)
def test_what_is_no_gradebook_is_told_in_a_sentence(path, content, told):
    path.write_bytes(content)
    with pytest.raises(GradebookError, match=told) as caught:
        Gradebook(path)
    assert str(path) in str(caught.value)


def test_a_folder_that_is_not_there_and_a_newer_version(tmp_path, path):
    with pytest.raises(GradebookError, match="folder is not there"):
        Gradebook(tmp_path / "no" / "gradebook.db")
    with pytest.raises(GradebookError, match="cannot be opened"):
        Gradebook(tmp_path)
    Gradebook(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(GradebookError, match="newer version"):
        Gradebook(path)


def test_another_programs_database_is_left_alone(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE students (shoe_size)")
    db.close()
    with pytest.raises(GradebookError, match="another program"):
        Gradebook(path)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)
    db.close()


def test_a_gradebook_of_the_first_version_is_brought_up_to_date(path, monkeypatch):
    monkeypatch.setattr(database, "MIGRATIONS", database.MIGRATIONS[:1])
    with Gradebook(path):
        pass
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO runs VALUES (1, 'g', '7', 'grade', 'now', NULL)")
    db.close()
    monkeypatch.undo()
    with Gradebook(path) as book:
        (run,) = book.runs()
        assert (run.seed, run.scope) == (7, Scope())
        assert book.unfinished_run("g", "grade") == run
        assert book.unfinished_run("g", "grade", Scope(students=("ann",))) is None
        assert (book.answers(), book.marks()) == ([], [])


def test_a_gradebook_of_the_second_version_gets_answers_and_marks(path, monkeypatch):
    monkeypatch.setattr(database, "MIGRATIONS", database.MIGRATIONS[:2])
    with Gradebook(path):
        pass
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
        db.execute("INSERT INTO students (student) VALUES ('ann')")
        db.execute("INSERT INTO submissions VALUES ('sha256:1', x'31', '')")
        db.execute("INSERT INTO deliveries VALUES ('ann', 'sha256:1', 'ann.zip', NULL)")
        db.execute("INSERT INTO runs VALUES (1, 'g', '7', 'grade', 'now', 'later', '{}')")
    db.close()
    monkeypatch.undo()
    with Gradebook(path) as book:
        assert [one.submission for one in book.deliveries()] == ["sha256:1"]
        assert [run.seed for run in book.runs()] == [7]
        assert (book.answers(), book.marks()) == ([], [])
        book.add_answers("ann", "ann.zip", None, {"why": "Because."})
        book.add_marks([Mark("ann", "why", "d", 1.0, "Eve")], "now")
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)
    db.close()
    with Gradebook(path) as again:
        assert (len(again.answers()), len(again.marks())) == (1, 1)
