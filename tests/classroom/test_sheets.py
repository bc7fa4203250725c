"""Canvas and Moodle: their own downloads, filled in, as the csv module reads them."""

import csv
import io

import pytest

from grader.classroom.gradebook import Student
from grader.classroom.grades import Grade
from grader.reports.canvas import to_canvas
from grader.reports.moodle import to_moodle
from grader.reports.sheets import ExportError

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77),Homework 2 (78),"
    "Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,50,100,(read only)\n"
    '"Lovelace, Ada",11,S1,ada1,A,,,\n'
    '"=cmd|x, Bo",12,S2,bo@x.org,"A, B",40,,\n'
    '"Curie, Marie",13,,marie,A,,,\n'
    '"Student, Test",99,,abcdef,A,,,\n'
)
MOODLE = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"\n'
    '"Participant 1001","Ada Lovelace",S1,ada@x.org,"Submitted",,100.00,Yes,-,"Monday, 1 June",-1\n'
    '"Participant 1002","@Bo Li",S2,bo@x.org,"Submitted",12.00,100.00,Yes,-,-,\n'
    '"Participant 1003","Marie",S3,marie@x.org,"No submission",,100.00,No,-,-,\n'
)


def grade_of(student, total, reasons=(), **details):
    email = details.pop("email", "")
    who = Student(student, email=email, details=details)
    return Grade(who, total, 0.0, None, total, 0.0, None, reasons)


@pytest.fixture
def canvas(tmp_path):
    def write(grades, text=CANVAS, title="Homework 2", maximum=100.0):
        path = tmp_path / "canvas.csv"
        path.write_text(text, encoding="utf-8")
        export = to_canvas(path, title, grades, maximum)
        return list(csv.reader(io.StringIO(export.text, newline=""), strict=True)), export.notes

    return write


@pytest.fixture
def moodle(tmp_path):
    def write(grades, text=MOODLE, maximum=100.0, delimiter=","):
        path = tmp_path / "moodle.csv"
        path.write_text(text, encoding="utf-8")
        text = to_moodle(path, grades, maximum).text
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
        return rows, to_moodle(path, grades, maximum).notes

    return write


def test_what_canvas_imports(canvas):
    rows, notes = canvas([grade_of("x", 85.5, canvas_id="11"), grade_of("bo", 0, email="BO@x.org")])
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 2 (78)"],
        ["    Points Possible", "", "", "", "", "100.00"],
        ["Lovelace, Ada", "11", "S1", "ada1", "A", "85.50"],
        ["'=cmd|x, Bo", "12", "S2", "bo@x.org", "A, B", "0.00"],
    ]
    assert notes == []


def test_students_are_found_by_their_own_id_last(canvas):
    """A number that is Canvas's for one student and the course's for another."""
    rows, notes = canvas([grade_of("12", 1, canvas_id="13"), grade_of("S2", 2), grade_of("11", 3)])
    assert {row[1]: row[5] for row in rows[2:]} == {"13": "1.00", "12": "2.00", "11": "3.00"}
    assert notes == []


def test_who_is_not_exported_is_named(canvas):
    rows, notes = canvas(
        [
            grade_of("gone", 50),
            grade_of("ada1", None, ("The score is withheld.",)),
            grade_of("S2", 1),
            grade_of("z", 2, canvas_id="12"),
        ]
    )
    assert len(rows) == 2
    told = "\n".join(notes)
    assert "gone is not in" in told
    assert "ada1 is left out: The score is withheld." in told
    assert "z and S2 are left out" in told


def test_a_title_with_its_number_and_other_points(canvas):
    rows, notes = canvas([grade_of("S1", 1)], title="Homework 1 (77)")
    assert rows[0][-1] == "Homework 1 (77)"
    assert notes == ["The assignment has 50 points in Canvas, and 100 here."]


@pytest.mark.parametrize("title", ["Homework 3", "Homework", "ID", "Final Score", ""])
def test_a_column_that_is_not_there(canvas, title):
    with pytest.raises(ExportError, match=r"Homework 1 \(77\), Homework 2 \(78\)"):
        canvas([], title=title)


def test_two_columns_of_one_title(canvas):
    with pytest.raises(ExportError, match="several columns"):
        canvas([], text=CANVAS.replace("Homework 1", "Homework 2"))


def test_a_file_that_is_no_canvas_gradebook(canvas, tmp_path):
    with pytest.raises(ExportError, match="no column `ID`"):
        canvas([], text="Student,Grade\n")
    with pytest.raises(ExportError, match="no column `Student`"):
        canvas([], text="")
    with pytest.raises(ExportError, match="cannot be read"):
        to_canvas(tmp_path / "none.csv", "x", [], 1)


def test_moodles_worksheet_is_filled_in(moodle):
    rows, notes = moodle([grade_of("a", 85.5, participant="1001"), grade_of("S2", 0)])
    assert [row["Identifier"] for row in rows] == [f"Participant {n}" for n in (1001, 1002, 1003)]
    assert [row["Grade"] for row in rows] == ["85.50", "0.00", ""]
    assert notes == []


def test_nothing_else_in_moodles_worksheet_changes(moodle):
    before = list(csv.DictReader(io.StringIO(MOODLE, newline="")))
    rows, _ = moodle([grade_of("S1", 85.5)])
    for row, old in zip(rows, before, strict=True):
        changed = {name for name in old if row[name] != old[name]}
        assert changed <= {"Grade", "Full name"}
    assert rows[0]["Last modified (grade)"] == "Monday, 1 June"
    assert rows[0]["Feedback comments"] == "-1", "an instructor's own text is no formula of others"
    assert rows[1]["Full name"] == "'@Bo Li"


def test_who_gets_no_grade_in_moodle_is_named(moodle):
    rows, notes = moodle(
        [grade_of("S3", 5), grade_of("gone", 1), grade_of("S2", None, ("Nothing.",))]
    )
    assert [row["Grade"] for row in rows] == ["", "12.00", ""]
    told = "\n".join(notes)
    assert "S3 is left out: Moodle lets nobody" in told
    assert "gone is not in" in told
    assert "S2 is left out: Nothing." in told


def test_moodle_with_semicolons_and_another_maximum(moodle):
    text = "Identifier;Grade;Maximum Grade;Last modified (grade)\nParticipant 5;;50,00;-\n"
    rows, notes = moodle([grade_of("5", 7)], text=text, delimiter=";")
    assert rows[0]["Grade"] == "7.00"
    assert notes == ["The assignment has 50,00 points in Moodle, and 100 here."]


def test_a_worksheet_is_never_invented(moodle, tmp_path):
    with pytest.raises(ExportError, match=r"Last modified \(grade\).*English"):
        moodle([], text="Identifier,Grade\n")
    with pytest.raises(ExportError, match="cannot be read"):
        to_moodle(tmp_path / "none.csv", [], 1)
    assert not (tmp_path / "none.csv").exists()
