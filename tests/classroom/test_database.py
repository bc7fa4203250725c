"""What can be the matter with a gradebook's file is told in one sentence."""

import sqlite3

import pytest

from grader.classroom.database import GradebookError
from grader.classroom.gradebook import Gradebook


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
