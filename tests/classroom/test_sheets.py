"""Canvas and Moodle: their own downloads, filled in, as the csv module reads them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.grades import Grade
from grader.classroom.records import Student
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
    (note,) = notes
    assert "1 in " in note
    assert note.endswith("canvas.csv has no grade here and stays as it is: Curie, Marie.")


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
    assert "The assignment has 50 points in Canvas, and 100 here." in notes


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
    (note,) = notes
    assert note.endswith("moodle.csv has no grade here and stays as it is: Marie.")


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
    assert rows[0]["Grade"] == "7,00", "as the other numbers in it"
    assert notes == ["The assignment has 50 points in Moodle, and 100 here."]
    same = "Identifier;Grade;Maximum Grade;Last modified (grade)\nParticipant 5;;100,00;-\n"
    assert moodle([grade_of("5", 7)], text=same, delimiter=";")[1] == []


def test_a_worksheet_is_never_invented(moodle, tmp_path):
    with pytest.raises(ExportError, match=r"Last modified \(grade\).*English"):
        moodle([], text="Identifier,Grade\n")
    with pytest.raises(ExportError, match="cannot be read"):
        to_moodle(tmp_path / "none.csv", [], 1)
    assert not (tmp_path / "none.csv").exists()


GERMAN = (
    '\ufeffID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,'
    '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)",'
    '"Zuletzt geändert (Bewertung)","Feedback als Kommentar"\n'
    'Teilnehmer/in1001,"Ada Lovelace",ada@x.org,Abgegeben,,"100,00",Ja,-,"Montag, 1. Juni",-1\n'
    'Teilnehmer/in1002,"@Bo Li",bo@x.org,Abgegeben,"12,00","100,00",Ja,-,-,\n'
)
FRENCH = (
    "Identifiant\tNom complet\tAdresse de courriel\tStatut\tNote\tNote maximale\t"
    "La note peut être modifiée\tDernière modification (note)\tFeedback par commentaires\n"
    "Participant900110\tÉmile\temile@x.fr\t-\t\t50,00\tOui\t-\t\n"
)


def test_a_worksheet_in_another_language_keeps_its_names(moodle):
    grades = [grade_of("a", 85.5, participant="1001"), grade_of("bo", 100, email="bo@x.org")]
    rows, notes = moodle(grades, text=GERMAN)
    assert list(rows[0])[:5] == [
        "ID",
        "Vollständiger Name",
        "E-Mail-Adresse",
        "Status",
        "Bewertung",
    ]
    assert [row["Bewertung"] for row in rows] == ["85,50", "100,00"]
    assert [row["Zuletzt geändert (Bewertung)"] for row in rows] == ["Montag, 1. Juni", "-"]
    assert rows[0]["Feedback als Kommentar"] == "-1"
    assert (rows[1]["Vollständiger Name"], rows[1]["Zuletzt geändert (Abgabe)"]) == ("'@Bo Li", "-")
    assert notes == []
    rows, notes = moodle([grade_of("900110", 40)], text=FRENCH, delimiter="\t")
    assert rows[0]["Note"] == "40,00"
    assert notes == ["The assignment has 50 points in Moodle, and 100 here."]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Teilnehmer/in1002", "Gruppe1002"),  # not one word for all
        ("Teilnehmer/in1002", "2"),
        ("(Bewertung)", "(Note)"),  # about no column
        ("Bestwertung", "Abgabe"),  # two that may be the grades
    ],
)
def test_columns_that_are_not_certain_are_not_guessed(moodle, old, new):
    with pytest.raises(ExportError, match=r"no column `Identifier`.*English"):
        moodle([], text=GERMAN.replace(old, new))


def test_a_student_twice_in_a_sheet_gets_no_grade_there(canvas, moodle):
    twice = CANVAS + '"Lovelace, Ada",11,S1,ada1,B,,,\n'
    rows, notes = canvas([grade_of("x", 85.5, canvas_id="11")], text=twice)
    assert len(rows) == 2
    assert "x is left out: lines 4, 8 of" in notes[0]
    assert "stay as they are: =cmd|x, Bo; Curie, Marie." in notes[1]
    again = MOODLE + '"Participant 1001","Ada",S1,ada@x.org,"Submitted",,100.00,Yes,-,-,\n'
    rows, notes = moodle([grade_of("S1", 5)], text=again)
    assert [row["Grade"] for row in rows] == ["", "12.00", "", ""]
    assert "S1 is left out: lines 2, 5 of" in notes[0]


def test_a_column_that_canvas_computes_takes_no_grades(canvas):
    text = CANVAS.replace("Final Score", "Final Score (79)")
    with pytest.raises(ExportError, match=r"computes `Final Score \(79\)` itself"):
        canvas([], text=text, title="Final Score")


def test_canvas_with_semicolons_a_decimal_comma_and_no_bom(canvas):
    text = "Student;ID;Homework 2 (78)\n    Points Possible;;50,00\nAda;11;\n"
    rows, notes = canvas([grade_of("11", 40.25)], text=text)
    assert rows == [
        ["Student", "ID", "Homework 2 (78)"],
        ["    Points Possible", "", "100.00"],
        ["Ada", "11", "40.25"],
    ]
    assert notes == ["The assignment has 50 points in Canvas, and 100 here."]


@pytest.mark.parametrize(
    "name", ['O"Brien, "C"', "two\nlines", "עברית, אבי", "陈, 大文", "\t=1", "@x"]
)
def test_names_come_through_canvas_as_they_are_or_harmless(canvas, name):
    quoted = name.replace('"', '""')
    text = f'Student,ID,Homework 2 (78)\n    Points Possible,,100\n"{quoted}",11,\n'
    rows, _ = canvas([grade_of("11", 1)], text=text)
    assert rows[2][0] == (f"'{name}" if name[0] in "\t@" else name)


@pytest.mark.parametrize("number", ["1.23457E+11", "1,2E+15", "5e+20"])
def test_numbers_that_excel_has_shortened_are_told(canvas, moodle, number):
    with pytest.raises(ExportError, match=r"line 4: .* in column `ID` .*Excel has shortened"):
        canvas([grade_of("x", 1, canvas_id="11")], text=CANVAS.replace(",11,S1", f',"{number}",S1'))
    with pytest.raises(ExportError, match=r"line 2: .* in column `ID number` .*Excel"):
        moodle([grade_of("x", 1)], text=MOODLE.replace('"Ada Lovelace",S1', f'Ada,"{number}"'))


def test_a_row_that_does_not_fit_its_header_is_told(canvas):
    with pytest.raises(ExportError, match="line 4: it has 9 cells, but the first row names 8"):
        canvas(
            [], text=CANVAS.replace('"Lovelace, Ada",11,S1,ada1,A,,,', "Lovelace, Ada,11,S,a,A,,,9")
        )


def test_a_column_that_is_there_twice_is_told(moodle):
    with pytest.raises(ExportError, match="column `Grade` is there twice"):
        moodle([], text="Identifier,Grade,Grade,Last modified (grade)\n")


def test_every_member_of_a_team_has_their_row(canvas):
    team = [grade_of("S1", 80), grade_of("S2", 80)]
    rows, _ = canvas(team)
    assert [(row[2], row[5]) for row in rows[2:]] == [("S1", "80.00"), ("S2", "80.00")]


def test_many_without_a_grade_are_counted(canvas):
    text = "Student,ID,Homework 2 (78)\n" + "".join(f"Name {i},{i},\n" for i in range(100, 130))
    _, (note,) = canvas([grade_of("100", 1)], text=text)
    assert note.startswith("29 in ")
    assert note.endswith("Name 109; Name 110; 19 more.")


SIGNS = [*",;\t\"'\n\r =+-@%()", *"Ab1É陈א", "Grade", "ID", "Student", "1E+5", "\0"]


def outcome(write):
    try:
        return write()
    except ExportError as error:
        return str(error)


@given(
    st.lists(st.sampled_from(SIGNS), max_size=60).map("".join),
    st.sampled_from([CANVAS, MOODLE, GERMAN, ""]),
)
def test_whatever_is_in_a_sheet_it_is_read_or_told(tmp_path_factory, damage, sheet):
    """Signs put into the middle of a sheet: an export, or one sentence."""
    middle = sheet[: len(sheet) // 3] + damage + sheet[len(sheet) // 3 :]
    path = tmp_path_factory.getbasetemp() / "damaged.csv"
    path.write_text(middle, encoding="utf-8", newline="")
    for write in (to_moodle, lambda path, *more: to_canvas(path, "Homework 2", *more)):
        found = outcome(lambda write=write: write(path, [grade_of("S1", 5)], 100.0))
        if isinstance(found, str):
            assert found.isprintable()
        else:
            assert found.count <= 1
