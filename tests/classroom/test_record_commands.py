"""What is changed by hand in a gradebook, as an instructor types it."""

import hashlib
import io
import sqlite3

import pytest
from typer.testing import CliRunner

from grader import cli
from grader.classroom import database, record_commands
from grader.classroom.gradebook import Gradebook
from grader.classroom.grades import final_grade
from grader.classroom.grading import pack
from grader.classroom.policies import Policies
from grader.classroom.records import Delivery, Scope, Student
from tests.reports import classes

BY = ("--author", "Eve", "--reason", "mercy")


@pytest.fixture
def here(toy, monkeypatch):
    """The toy assignment, whose folder we are in."""
    made = toy(recorded=False)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def book(here):
    """ann has 70 of 100 points and the bonus; bob is on the roster only."""
    with Gradebook(here.root / "gradebook.db") as book:
        book.add_students([Student("bob")])
        run = book.begin_run(classes.GRADER, 5, "grade", "2026-03-01")
        late = "2026-03-02T10:00:00+00:00"
        result = classes.fail(classes.perfect(), "halve", error=0.5)
        classes.add(book, run, Student("ann", "Ann Lee"), result, late=late)
        yield book


@pytest.fixture
def run(book):
    """Runs a command and gives its exit code and its text, where spaces are as they are."""

    def run(*arguments, **options):
        done = CliRunner().invoke(cli.app, ["class", *map(str, arguments)], **options)
        assert max(map(len, done.stdout.splitlines()), default=0) <= 80
        return done.exit_code, done.stdout + done.stderr

    return run


def total(book, student="ann"):
    return final_grade(book, Policies(), student).total


def test_a_total_given_by_hand(book, run):
    code, told = run("override", "ann", "88.5", *BY)
    assert code == 0
    assert "ann (Ann Lee)" in told
    assert "Final score: 70 before, 88.5 now." in told
    assert "Total: 88.5, given by Eve: mercy" in told
    assert total(book) == 88.5
    assert next(book.attempts("ann")).score == 70, "what was measured stays"


def test_a_question_given_by_hand(book, run):
    _, told = run("override", "ann", "25", "--question", "halve", *BY)
    assert "halve: 0 before, 25 now." in told
    assert "Final score: 70 before, 95 now." in told
    _, told = run("override", "ann", "3", "--question", "triple", *BY)
    assert "Bonus: 7 before, 3 now." in told
    assert "Final score: 95 before, 95 now." in told
    run("override", "ann", "80", *BY)
    _, told = run("override", "ann", "30", "--question", "halve", *BY)
    assert "Final score: 80 before, 80 now." in told
    assert "A person gave the total, so a question no longer changes it." in told


def test_a_total_is_final_and_a_question_is_not(here, book, run):
    manifest = here.manifest
    manifest.write_text(manifest.read_text() + "\n[class]\ndue = 2026-03-01\nlate_points = 10.0\n")
    _, told = run("override", "ann", "30", "--question", "halve", *BY)
    assert "Final score: 60 before, 90 now." in told
    _, told = run("override", "ann", "85", *BY)
    assert "Final score: 90 before, 85 now." in told
    assert "The penalty does not change a total that a person gave." in told


def test_who_handed_in_nothing_may_have_a_total_but_no_question(book, run):
    code, told = run("override", "bob", "50", *BY)
    assert (code, total(book, "bob")) == (0, 50)
    assert "Final score: none before, 50 now." in told
    code, told = run("override", "bob", "5", "--question", "halve", *BY)
    assert code == 2
    assert "leave --question out" in told


def test_the_points_to_be_had_are_the_most(here, book, run):
    for arguments, most in (
        (("ann", "100.5"), "100 points to be had;"),
        (("bob", "101"), "100 points to be had;"),
        (("ann", "31", "--question", "halve"), "30 points to be had for halve;"),
    ):
        code, told = run("override", *arguments, *BY)
        assert (code, most in told) == (2, True), told
    assert run("override", "ann", "100", *BY)[0] == 0
    assert run("override", "ann", "104", *BY, "--above-maximum")[0] == 0
    assert total(book) == 104
    here.manifest.write_text(here.manifest.read_text() + "\n[class]\nbonus_counts = true\n")
    assert run("override", "bob", "107", *BY)[0] == 0
    assert run("override", "ann", "107.5", *BY)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("eve\x1b[2J", "5", *BY), r"gradebook.db holds no student eve\x1b[2J;"),
        (("ann", "5", "--question", "adam", *BY), "no question 'adam'. There are: double, halve,"),
        (("bob", "5", "--question", "adam", *BY), "no question 'adam'. There are: double, halve,"),
        ((*BY, "--", "ann", "-5"), "0 or more, and not -5."),
        (("ann", "nan", *BY), "0 or more, and not nan."),
        (("ann", "inf", *BY, "--above-maximum"), "0 or more, and not inf."),
        (("ann", "5", "--reason", "mercy"), "--author"),
        (("ann", "5", "--author", "Eve", "--reason", "  "), "--reason"),
        (("ann", "5", *BY, "--gradebook", "other.db"), "other.db does not exist"),
    ],
)
def test_what_cannot_be_given_is_a_sentence(book, run, arguments, why):
    code, told = run("override", *arguments)
    assert code == 2
    assert why in told
    assert "Traceback" not in told
    assert len(told.strip().splitlines()) == 1
    assert book.overrides("ann") == book.overrides("bob") == []


def test_the_list_of_what_was_given(book, run):
    assert run("overrides") == (0, "No score has been given by a person.\n")
    run("override", "ann", "25", "--question", "halve", "--author", "Eve", "--reason", "word " * 40)
    run("override", "ann", "88", *BY)
    run("override", "bob", "50", "--author", "a\x1b[2J\ud800", "--reason", "one\nanother\x07")
    book.add_override("ann", 1.0, question="gone", author="x", reason="y", now="then")
    code, told = run("overrides")
    assert code == 0
    lines = told.splitlines()
    assert lines[0].startswith("ann (Ann Lee) ")
    assert lines[0].endswith("  final score 88")
    assert "  halve: 25, given by Eve on 20" in told
    assert "UTC\n    word word" in told
    assert told.index("halve: 25") < told.index("Total: 88")
    assert "  gone: 1, given by x on then\n    y\n    Not used: " in told
    assert "given by a?[2J? on" in told
    assert "    one another?" in told
    assert "final score 50" in told


def everything(book):
    """The bytes of the database, its log and the log's index."""
    files = book.path.parent.glob(book.path.name + "*")
    return b"".join(file.read_bytes() for file in files)


def text_of(name):
    """A file that does not compress to next to nothing, another one for each name."""
    return "".join(f"x{hash_of(name, i)} = 1\n" for i in range(400)).encode()


def hash_of(name, number):
    return hashlib.sha256(f"{name}{number}".encode()).hexdigest()


@pytest.fixture
def packed(book):
    """zoe-123 has handed in one submission alone and one with ann; their bytes as they are kept."""
    book.add_students([Student("zoe-123", "Zoe Zeta", "zoe-123@u.edu", "", {"login": "zoe-123"})])
    scope = Scope(students=("zoe-123",))
    run = book.begin_run(classes.GRADER, 6, "a request", "2026-03-01", scope)
    kept = {}
    for name, students in {"own": ["zoe-123"], "shared": ["zoe-123", "ann"]}.items():
        kept[name] = pack({"arithmetic.py": text_of(name)})
        digest = f"sha256:{hashlib.sha256(kept[name]).hexdigest()}"
        for student in students:
            delivery = Delivery(student, digest, f"{student}.zip", "2026-03-02T10:00:00+00:00")
            book.add_delivery(delivery, kept[name])
            known = next(one for one in book.students() if one.id == student)
            classes.add(book, run, known, classes.perfect(student), digest=digest)
    book.add_override("zoe-123", 5.0, author="Eve", reason="zoe-123 asked", now="2026-03-03")
    penalties = [(one.student, one.submission, 1.0, "late") for one in book.deliveries("zoe-123")]
    book.set_penalties(penalties)
    assert book.content(digest)[0] == kept["shared"]
    return kept


def test_nothing_of_who_is_purged_is_left_in_any_file(book, run, packed):
    before = everything(book)
    # A row that is longer than a page lies in pieces; so does what is left of a deleted one.
    pieces = [packed["own"][i : i + 64] for i in range(0, len(packed["own"]) - 64, 64)]
    assert sum(piece in before for piece in pieces) > 0.9 * len(pieces) > 100
    assert b"zoe-123" in before
    code, told = run("purge", "zoe-123", "--yes")
    assert code == 0
    assert "gradebook.db holds nothing of zoe-123 any more." in told
    after = everything(book)
    assert b"zoe" not in after.lower()
    assert not any(piece in after for piece in pieces)
    assert {one.id for one in book.students()} == {"ann", "bob"}
    assert total(book) == 100
    shared = [one for one in book.deliveries("ann") if book.content(one.submission)[0]]
    assert [book.content(one.submission)[0] for one in shared] == [packed["shared"]]


def test_reasons_that_name_who_was_purged_are_told(book, run):
    book.add_students([Student("bob", "Bob Li")])
    book.begin_run(classes.GRADER, 6, "bob asked for it", "2026-03-01")
    book.begin_run(classes.GRADER, 7, "bobsleigh", "2026-03-01")
    book.add_override("ann", 5.0, author="Eve", reason="as agreed with Bob Li.", now="2026-03-03")
    _, told = run("purge", "bob", "--yes")
    said = "The reasons given for run 2, a score of ann have bob in their words, and stay."
    assert said in " ".join(told.split())
    _, told = run("purge", "ann", "--yes")
    assert "reasons given" not in told


def test_without_a_terminal_it_has_to_be_said(book, run):
    before = book.dump()
    code, told = run("purge", "ann", input="y\n")
    assert code == 2
    assert "add --yes" in told
    assert len(told.splitlines()) == 1
    assert book.dump() == before


@pytest.mark.parametrize(
    ("answer", "code", "left"),
    [("y\n", 0, 1), ("YES\n", 0, 1), ("n\n", 1, 2), ("\n", 1, 2), ("", 1, 2)],
)
def test_on_a_terminal_it_asks(book, monkeypatch, capsys, answer, code, left):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert record_commands.purge_command(book.path, "ann") == code
    told = capsys.readouterr().out
    assert "ann (Ann Lee): 1 submission, every answer, result" in told
    assert ("Nothing was removed." in told) == (code == 1)
    assert len(book.students()) == left


@pytest.mark.parametrize("student", ["eve", "a\x1b[2J\ud800", ""])
def test_a_student_who_is_not_there_cannot_be_purged(book, run, student):
    before = book.dump()
    for options in ((), ("--yes",)):
        code, told = run("purge", student, *options)
        assert code == 2
        assert told.startswith("gradebook.db holds no student")
        assert "\x1b" not in told
    assert book.dump() == before


def test_a_purge_that_could_not_end_ends_the_next_time(book, run, packed, monkeypatch):
    """Who reads the gradebook at that time keeps its log from being emptied."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.1)
    with sqlite3.connect(book.path) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM students").fetchall()
        code, told = run("purge", "zoe-123", "--yes")
        assert code == 2
        assert "Run this again" in told
        assert b"zoe-123" in everything(book)
    reader.close()
    code, told = run("purge", "zoe-123", "--yes")
    assert (code, "holds no student zoe-123" in told) == (2, True)
    assert b"zoe" not in everything(book).lower()
