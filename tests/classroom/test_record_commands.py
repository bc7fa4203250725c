"""What is changed by hand in a gradebook, as an instructor types it."""

import pytest
from typer.testing import CliRunner

from grader import cli
from grader.classroom.gradebook import Gradebook, Student
from grader.classroom.grades import final_grade
from grader.classroom.policies import Policies
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
