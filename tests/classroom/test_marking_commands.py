"""Marking as an instructor types it: sheets out, points in, and what the class gets."""

import csv
import io
import stat

import pytest
from typer.testing import CliRunner

from grader import cli
from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Mark, Student
from grader.labs.answers import digest_of
from tests.reports import classes

ENTRIES = """
[[manual]]
name = "why"
title = "Why"
lab = "tiny"
points = 2

[[manual]]
name = "how"
title = "How"
lab = "tiny"
points = 3
"""
LAB = """
# %% [markdown]
# # Tiny

# %% [markdown] name="why" tags=["question"]
# Why is it <so>?

# %% [markdown] name="why-answer" tags=["answer"]
# *Your answer:*
"""


@pytest.fixture
def here(toy, toy_questions, monkeypatch):
    """The toy assignment with two questions to mark, whose folder we are in."""
    made = toy(questions=toy_questions + ENTRIES, recorded=False)
    (made.assignment / "labs").mkdir(exist_ok=True)
    (made.assignment / "labs" / "tiny.py").write_text(LAB, encoding="utf-8")
    (made.assignment / "labs" / "first_cell.py").write_text('# %% name="set-up"\npass\n')
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def book(here):
    """Four students: two with answers, one with nothing written, one without a notebook."""
    with Gradebook(here.root / "gradebook.db") as book:
        book.add_students([Student(id) for id in ("ann", "bob", "cy", "dee")])
        book.add_answers("ann", "ann", None, {"why": "Because.", "how": "So."})
        book.add_answers("bob", "bob", None, {"why": "No.", "how": "So."})
        book.add_answers("cy", "cy", None, {"why": "", "how": ""})
        yield book


@pytest.fixture
def run(book):
    """Runs a command and gives its exit code and its text."""

    def run(*arguments):
        done = CliRunner().invoke(cli.app, ["class", *map(str, arguments)])
        return done.exit_code, done.stdout + done.stderr

    return run


def fill(path, **points):
    """Fill in a sheet as a marker would."""
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    at = {name: rows[0].index(name) for name in ("student", "question", "points")}
    for row in rows[1:]:
        key = f"{row[at['student']]}_{row[at['question']]}"
        row[at["points"]] = points.get(key, row[at["points"]])
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def test_from_sheets_to_marks(here, book, run):
    code, told = run("answers", "--split", "2")
    assert code == 0
    assert "marking/marker-1.csv: why (3)" in told
    assert "marking/marker-2.csv: how (3)" in told
    assert "1 student handed in no notebook of a lab." in told
    folder = here.root / "marking"
    files = ["marker-1.csv", "marker-1.html", "marker-2.csv", "marker-2.html"]
    assert sorted(path.name for path in folder.iterdir()) == files
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert (folder / "marker-1.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert "Why is it &lt;so&gt;?" in (folder / "marker-1.html").read_text(encoding="utf-8")
    fill(folder / "marker-1.csv", ann_why="1.5", bob_why="0")
    fill(folder / "marker-2.csv", ann_how="3")
    sheets = [folder / name for name in files[::2]]
    code, told = run("marks", *sheets, "--by", "Eve")
    assert code == 0
    assert "5 marks kept in gradebook.db; 0 were there already." in told
    assert "Without points: 1 row." in told
    assert "To be marked: 1 answer;" in told
    assert {(m.student, m.question, m.points, m.author) for m in book.marks()} == {
        *(("ann", "why", 1.5, "Eve"), ("bob", "why", 0.0, "Eve"), ("cy", "why", 0.0, "Eve")),
        *(("ann", "how", 3.0, "Eve"), ("cy", "how", 0.0, "Eve")),
    }
    assert "0 marks kept in gradebook.db; 5 were there already." in run("marks", *sheets)[1]


def test_what_cannot_be_taken_keeps_nothing(here, book, run):
    run("answers")
    sheet = here.root / "marking" / "marker-1.csv"
    fill(sheet, ann_why="1", bob_why="2.5")
    before = book.dump()
    code, told = run("marks", sheet)
    assert code == 2
    assert "2.5 is more than the 2 points to be had for why" in told
    assert "No mark was kept." in told
    assert book.dump() == before


def test_sheets_that_are_there_are_not_written_over(here, run):
    run("answers")
    fill(here.root / "marking" / "marker-1.csv", ann_why="1")
    before = (here.root / "marking" / "marker-1.csv").read_bytes()
    code, told = run("answers")
    assert code == 2
    assert "marking/marker-1.csv is there already, perhaps with marks in it" in told
    assert (here.root / "marking" / "marker-1.csv").read_bytes() == before
    assert run("answers", "--out", "again")[0] == 0


def test_the_same_gradebook_gives_the_same_sheets(here, run):
    for name in ("one", "two"):
        assert run("answers", "--split", "2", "--out", name)[0] == 0
    for path in (here.root / "one").iterdir():
        assert (here.root / "two" / path.name).read_bytes() == path.read_bytes()


def test_anonymous_sheets_lead_back_to_the_students(here, book, run):
    assert run("answers", "--anonymous", "--semicolons")[0] == 0
    path = here.root / "marking" / "marker-1.csv"
    for text in (path.read_text("utf-8-sig"), path.with_suffix(".html").read_text("utf-8")):
        assert "ann" not in text.replace("cannot", "")
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    assert "student" not in rows[0]
    for row in rows[1:]:
        row[rows[0].index("points")] = "1,5" if row[rows[0].index("answer")] == "Because." else ""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    path.write_text(out.getvalue(), encoding="cp1252")
    assert run("marks", path)[0] == 0
    assert [(m.student, m.points, m.author) for m in book.marks()] == [("ann", 1.5, "marker-1")]


def test_an_answer_that_changed_is_to_be_marked_again(here, book, run):
    run("answers", "--split", "2")
    sheet = here.root / "marking" / "marker-1.csv"
    fill(sheet, ann_why="1", bob_why="2")
    book.add_answers("ann", "ann", None, {"why": "No, wait."})
    code, told = run("marks", sheet)
    assert code == 0
    assert "ann has changed the answer to why since the sheet was written" in told
    assert run("answers", "--out", "again")[0] == 0
    text = (here.root / "again" / "marker-1.csv").read_text("utf-8-sig")
    assert "No, wait." in text
    assert "changed since marker-1 gave an earlier answer 1" in text
    assert "bob,why" not in text


def test_more_markers_than_questions(run):
    code, told = run("answers", "--split", "5")
    assert code == 0
    assert "A question is for one marker, so that 3 have none." in told


def test_nothing_to_mark(here, book, run):
    run("answers")
    fill(
        here.root / "marking" / "marker-1.csv",
        **{f"{s}_{q}": "1" for s in ("ann", "bob") for q in ("why", "how")},
    )
    run("marks", here.root / "marking" / "marker-1.csv")
    code, told = run("answers", "--out", "again")
    assert (code, "There is no answer to mark in gradebook.db." in told) == (0, True)
    assert not (here.root / "again").exists()
    assert run("answers", "--out", "again", "--all")[0] == 0


def test_an_assignment_without_such_questions_says_so(toy, monkeypatch):
    made = toy(recorded=False)
    monkeypatch.chdir(made.root)
    for command in (["answers"], ["marks", "some.csv"]):
        done = CliRunner().invoke(cli.app, ["class", *command])
        assert done.exit_code == 2
        assert "lists no question that persons mark: add [[manual]] entries" in done.stderr


def test_a_gradebook_that_is_not_there(here, run):
    code, told = run("answers", "--gradebook", "other.db")
    assert code == 2
    assert "other.db does not exist" in told


def test_where_marks_count_the_maximum_has_them_too(here, book, run):
    result = classes.fail(classes.perfect(), "halve", error=0.5)
    classes.add(book, book.begin_run(classes.GRADER, 5, "grade", "now"), Student("ann"), result)
    for question, text, points in (("why", "Because.", 1.5), ("how", "So.", 3.0)):
        book.add_marks([Mark("ann", question, digest_of(text), points, "Eve")], "now")
    sheet = here.root / "canvas.csv"
    sheet.write_text("Student,ID,SIS User ID,Toy (1)\nAnn,7,ann,\n", encoding="utf-8")
    canvas = ("export", "--format", "canvas", "--into", sheet, "--column", "Toy")

    def exported():
        possible, ann = run(*canvas)[1].splitlines()[1:3]
        return possible.rpartition(",")[2], ann.rpartition(",")[2]

    assert exported() == ("100.00", "70.00")
    assert run("override", "ann", "101", "--author", "E", "--reason", "r")[0] == 2
    here.manifest.write_text(here.manifest.read_text() + "\n[class]\nmanual_counts = true\n")
    assert exported() == ("105.00", "74.50")
    assert run("override", "ann", "106", "--author", "E", "--reason", "r")[0] == 2
    assert run("override", "ann", "105", "--author", "E", "--reason", "r")[0] == 0
    assert exported() == ("105.00", "105.00")
