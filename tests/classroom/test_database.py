"""What can be the matter with a gradebook's file is told in one sentence."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys

import pytest

from grader.classroom import database
from grader.classroom.database import GradebookError, GradebookUnwritable
from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Delivery, Mark, Scope, Student
from grader.errors import GRADER_FAILED, USAGE, sentence_and_code
from tests.reports import classes


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


def contents(path):
    return {file.name: file.read_bytes() for file in path.parent.glob(f"{path.name}*")}


def test_what_is_not_ours_is_not_written_to(path):
    """Not even the mark that SQLite puts into a file that has a log."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE students (shoe_size)")
        db.execute("PRAGMA user_version = 2")
    db.close()
    before = contents(path)
    with pytest.raises(GradebookError, match="another program"):
        Gradebook(path)
    assert contents(path) == before
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = contents(path)
    with pytest.raises(GradebookError, match="newer version"):
        Gradebook(path)
    assert contents(path) == before


@pytest.mark.parametrize("emptied", [True, False])
def test_a_log_without_its_file_is_kept(path, emptied):
    book = Gradebook(path)
    book.add_students([Student("ann")])
    log = contents(path)["gradebook.db-wal"]
    book.close()
    path.write_bytes(b"") if emptied else path.unlink()
    path.with_name("gradebook.db-wal").write_bytes(log)
    with pytest.raises(GradebookError, match=r"is the log of a gradebook, but .* is not there"):
        Gradebook(path)
    assert contents(path)["gradebook.db-wal"] == log
    assert not contents(path).get("gradebook.db")


@pytest.fixture
def filled(path):
    """A gradebook of some size, all in its one file."""
    with Gradebook(path) as book:
        classes.fill(book, 40)
    assert list(contents(path)) == ["gradebook.db"]
    return path


def read_everything(path):
    with Gradebook(path) as book:
        book.dump()
        return book.students(), book.runs(), book.deliveries(), list(book.attempts())


@pytest.mark.parametrize("seed", range(12))
def test_damage_is_a_sentence_wherever_it_is(filled, seed):
    """The file cut, pages overwritten, or a few bytes: told, or at least no other error."""
    chance = random.Random(seed)
    content = bytearray(filled.read_bytes())
    pages = range(4096, len(content), 4096)
    if seed % 3 == 0:
        del content[chance.randrange(1, len(content)) :]
    elif seed % 3 == 1:
        for start in chance.sample(pages, len(pages) // 4):
            content[start : start + 4096] = chance.randbytes(4096)
    else:
        start = chance.choice(pages)
        content[start : start + 60] = chance.randbytes(60)
    filled.write_bytes(content)
    try:
        read_everything(filled)
    except GradebookError as error:
        sentence, code = sentence_and_code(error)
        assert (code, str(filled) in sentence, "damaged" in sentence) == (USAGE, True, True)
        assert len(sentence.splitlines()) == 1
    else:
        assert seed % 3 == 2, "so much damage must be noticed"


def test_a_text_in_it_that_is_damaged_is_told(filled):
    with sqlite3.connect(filled) as db:
        db.execute("UPDATE attempts SET result = '{' WHERE student = 's00003'")
    db.close()
    with pytest.raises(GradebookError, match="damaged"):
        read_everything(filled)


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GradebookError, match="cannot be opened"):
        Gradebook(tmp_path / "file" / "gradebook.db")


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions, which root need not heed"
)
def test_what_is_read_only_is_told_and_left(filled):
    before = contents(filled)
    filled.chmod(0o400)
    with pytest.raises(GradebookError, match="cannot be opened for writing"):
        Gradebook(filled)
    filled.chmod(0o600)
    filled.parent.chmod(0o500)
    with pytest.raises(GradebookError, match="cannot be opened for writing"):
        read_everything(filled)
    filled.parent.chmod(0o700)
    assert contents(filled) == before


FULL = """
import resource, sys
from pathlib import Path
from grader.classroom.database import GradebookError
from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Delivery
from grader.errors import sentence_and_code
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
kept = 0
try:
    with Gradebook(Path(sys.argv[1])) as book:
        for i in range(1000):
            book.add_delivery(Delivery(f"s{i}", f"sha256:{i}", "zip"), b"%d" % i * 3000)
            kept += 1
except GradebookError as error:
    print(kept, *sentence_and_code(error), sep="\\n")
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of file sizes are POSIX")
@pytest.mark.parametrize("limit", [0, 2000, 40_000, 300_000])
def test_a_full_disk_is_told_and_nothing_is_lost(path, limit):
    """A limit of the size of files stands for the disk."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path), str(limit)], capture_output=True, text=True
    )
    kept, sentence, code = done.stdout.splitlines()
    assert done.stderr == ""
    assert f"The disk with {path} is full, or cannot be written." in sentence
    assert int(code) == GRADER_FAILED
    with Gradebook(path) as book:
        assert len(book.deliveries()) == int(kept)
        assert book.add_delivery(Delivery("one more", "sha256:x", "zip"), b"x") is None
    assert int(kept) or limit < 50_000


def fill_up(book):
    for i in range(100):
        content = random.Random(i).randbytes(20_000)
        book.add_delivery(Delivery(f"s{i}", f"sha256:{i}", "zip"), content)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs a mount: root")
@pytest.mark.skipif(shutil.which("mount") is None, reason="needs a mount")
def test_a_disk_that_is_really_full(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this system lets nobody mount")
    try:
        with Gradebook(disk / "gradebook.db") as book:
            with pytest.raises(GradebookUnwritable, match=r"is full.*nothing is lost"):
                fill_up(book)
            kept = len(book.deliveries())
            assert kept
        with Gradebook(disk / "gradebook.db") as book:
            assert len(book.deliveries()) == kept
    finally:
        subprocess.run(["umount", str(disk)], check=True)
