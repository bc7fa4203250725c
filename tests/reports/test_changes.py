"""What a regrade changed, as an instructor reads it."""

import csv
import io

import pytest

from grader.classroom.changes import compared
from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Student
from grader.reports import changes
from tests.reports import classes


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "grades.db") as book:
        yield book


def run(book, reason, results, grader=classes.GRADER, seed=5):
    """A run of the class: results by student, one submission each."""
    begun = book.begin_run(grader, seed, reason, "2026-03-01")
    for number, (student, result) in enumerate(results.items()):
        classes.add(book, begun, Student(student), result, digest=f"sha256:{number:064x}")
    book.finish_run(begun, "2026-03-02")
    return begun.number


def shown(book, *between):
    runs = {run.number: run for run in book.runs()}
    lines = list(changes.to_text(compared(book, *between), runs))
    assert max(map(len, lines), default=0) <= 80
    return "\n".join(lines)


def failing(**options):
    return classes.fail(classes.perfect(), "halve", error=0.5, **options)


def test_whose_score_changed_and_why(book):
    run(book, "grade", {"ann": failing(diagnosis=classes.known("x")), "bo": classes.perfect()})
    worse = classes.fail(classes.perfect(), "double", diagnosis=classes.known("y"), checks=1)
    run(book, "the tolerance", {"ann": classes.perfect(), "bo": worse})
    text = shown(book)
    assert "2 submissions compared: 2 scores changed (1 up, 1 down)." in text
    assert "Run 2 (the tolerance) against run 1 (grade), the same grader, the same hidden" in text
    assert "70 to 100  +30" in text
    assert "100 to 90  -10" in text
    assert "halve: check_0: failed to passed" in text
    assert "double: check_0: passed to failed; now explained by y" in text
    assert text.index("ann ") < text.index("bo "), "the largest change first"


def test_checks_come_with_how_many_changed(book):
    names = ("ann", "bo", "cy")
    run(book, "grade", {name: failing(checks=1) for name in names})
    run(book, "mended", {name: classes.perfect() for name in names})
    assert "   3  halve: Law number 0" in shown(book)
    assert "failed to passed (3)" in shown(book)


def test_nothing_to_compare_and_nothing_changed(book):
    assert "Nothing has been graded twice" in shown(book)
    for reason in ("grade", "again"):
        run(book, reason, {"ann": classes.perfect()})
    assert "0 scores changed." in shown(book)
    assert "By student" not in shown(book)


def test_two_runs_are_compared_as_the_gradebook_was_after_them(book):
    run(book, "grade", {"ann": failing(), "bo": failing()})
    run(book, "regrade", {"ann": classes.perfect()})
    run(book, "regrade", {"ann": failing(checks=1)})
    assert "70 to 100" in shown(book, 1, 2)
    assert "70 to 92.5" in shown(book, 1, 3)
    assert "100 to 92.5" in shown(book)
    assert "bo" not in shown(book, 1, 3).split()


def test_a_withheld_score_and_one_given_by_a_person(book):
    broken = classes.fail(classes.perfect(), "halve", "error", message="our fault")
    run(book, "grade", {"ann": broken})
    book.add_override("ann", 90.0, author="Eve", reason="agreed", now="2026-03-02")
    run(book, "mended", {"ann": classes.perfect()})
    text = shown(book)
    assert "withheld to 100" in text
    assert "a person has given a score; that stays" in text


def test_a_name_steers_no_terminal(book):
    run(book, "grade\x1b[2J", {"ann\x1b[31m": failing()})
    run(book, "again", {"ann\x1b[31m": classes.perfect()})
    assert "\x1b" not in shown(book)


def test_the_table_has_a_row_for_each_check(book):
    run(book, "grade", {"=ann": failing(diagnosis=classes.known("x"), checks=2)})
    run(book, "again", {"=ann": classes.perfect()})
    rows = list(csv.DictReader(io.StringIO(changes.to_csv(compared(book)))))
    assert [row["check"] for row in rows] == ["check_0", "check_1"]
    assert rows[0]["student"] == "'=ann"
    assert (rows[0]["from_score"], rows[0]["to_score"], rows[0]["change"]) == (
        "85.00",
        "100.00",
        "15.00",
    )
    assert (rows[0]["from_status"], rows[0]["from_diagnosis"]) == ("failed", "x")
