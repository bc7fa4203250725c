"""Filled sheets, as spreadsheet programs save them, and what can be wrong in them."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.classroom.mark_sheets import read_marks
from grader.classroom.marking import rows_of
from grader.classroom.policies import Policies
from grader.classroom.records import Mark, Student
from grader.classroom.tables import TableError
from grader.manual import ManualQuestion
from grader.reports.marking_sheets import to_sheet

WHY, HOW = ManualQuestion("why", "Why", "tiny", 2), ManualQuestion("how", "How", "tiny", 3)
POLICIES = Policies(manual=(WHY, HOW))
NASTY = '=HYPERLINK("http://x")'


@pytest.fixture
def handed(book):
    """ann and bob have answered, =cy has not, dee has handed in no notebook."""
    book.add_students([Student(id) for id in ("ann", "bob", "=cy", "dee")])
    book.add_answers("ann", "ann", None, {"why": "Because.\n\nIt is.", "how": NASTY})
    book.add_answers("bob", "bob", None, {"why": "No.", "how": "Ümläut; “so”"})
    book.add_answers("=cy", "cy", None, {"why": "", "how": ""})
    return book


@pytest.fixture
def sheet(handed):
    """The cells of a sheet, header first, as `grader class answers` writes them."""
    text = to_sheet(rows_of(handed, POLICIES)).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def read(handed, tmp_path):
    """Saves rows in a program's way and reads the marks in them."""

    def make(*sheets, delimiter=",", encoding="utf-8-sig", author="Eve"):
        paths = []
        for number, rows in enumerate(sheets, start=1):
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
            paths.append(tmp_path / f"kim-{number}.csv")
            paths[-1].write_bytes(out.getvalue().encode(encoding, "replace"))
        return read_marks(paths, handed, POLICIES, author)

    return make


def fill(sheet, **points):
    """The sheet with points, by student and question: `ann_why="1.5"`."""
    head, *rows = sheet
    filled = [head]
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        key = f"{cells['student'].strip(chr(39) + '=')}_{cells['question']}"
        cells["points"] = points.get(key, cells["points"])
        filled.append(list(cells.values()))
    return filled


def points_of(reading):
    return {f"{mark.student}_{mark.question}": mark.points for mark in reading.marks}


def test_a_sheet_as_it_was_written(sheet, read):
    assert sheet[0] == [
        *("code", "student", "question", "title", "answer", "points", "max", "comment", "remark"),
    ]
    cells = [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]
    assert [c["points"] for c in cells if c["student"] == "'=cy"] == ["0", "0"]
    assert "'" + NASTY in [c["answer"] for c in cells]
    reading = read(sheet)
    assert points_of(reading) == {"=cy_why": 0.0, "=cy_how": 0.0}
    assert reading.blank == 4


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("written", ["1.5", "1,5", " 1.50 "])
def test_whatever_program_saved_it(sheet, read, delimiter, encoding, written):
    filled = fill(sheet, ann_why=written, ann_how="3", bob_why=".5")
    reading = read(filled, delimiter=delimiter, encoding=encoding)
    assert points_of(reading) == {
        **{"=cy_why": 0.0, "=cy_how": 0.0},
        **{"ann_why": 1.5, "ann_how": 3.0, "bob_why": 0.5},
    }
    assert {mark.author for mark in reading.marks} == {"Eve"}


def test_sorted_rows_other_columns_and_no_names_do_no_harm(sheet, read):
    filled = fill(sheet, ann_why="1")
    head, *rows = filled
    keep = [head.index(name) for name in ("points", "comment", "code")]
    rows = [[row[i] for i in keep] + ["mine"] for row in reversed(rows)]
    reading = read([[*(head[i] for i in keep), "Notes"], *rows])
    assert points_of(reading)["ann_why"] == 1.0


def test_a_sheet_of_ones_own_names_student_and_question(read):
    rows = [["Student", "Question", "Points"], ["bob", "how", "2"], ["'=cy", "why", "1"]]
    assert points_of(read(rows)) == {"bob_how": 2.0, "=cy_why": 1.0}


def test_comments_come_back_as_they_were_written(sheet, read):
    head, *rows = fill(sheet, ann_why="1", bob_why="2")
    at = head.index("comment")
    texts = {"ann": "=2+2?\nsee\x07 page 3", "bob": "'-1 is missing"}
    for row in rows:
        row[at] = texts.get(row[head.index("student")], "")
    found = {mark.student: mark.comment for mark in read([head, *rows]).marks}
    assert (found["ann"], found["bob"]) == ("=2+2?\nsee page 3", "-1 is missing")


def test_without_a_name_it_is_the_sheets(sheet, read):
    (mark, *_) = read(fill(sheet, ann_why="1"), author="").marks
    assert mark.author == "kim-1"


def test_what_is_known_is_not_kept_again(sheet, read, handed):
    filled = fill(sheet, ann_why="1")
    handed.add_marks(read(filled).marks, "now")
    again = read(filled, author="Somebody else")
    assert (again.marks, again.known) == ([], 3)
    other = read(fill(sheet, ann_why="2"))
    assert (points_of(other), other.known) == ({"ann_why": 2.0}, 2)


def test_a_mark_for_an_answer_that_has_changed_is_told(sheet, read, handed):
    handed.add_answers("ann", "ann", None, {"why": "Something else."})
    reading = read(fill(sheet, ann_why="1", bob_why="1"))
    assert [(mark.student, mark.question) for mark in reading.outdated] == [("ann", "why")]
    assert points_of(reading)["ann_why"] == 1.0


def test_a_teams_mark_is_everybodys(handed, read):
    for student in ("ann", "bob"):
        handed.add_answers(student, "team.zip", None, {"why": "Ours."})
    rows = rows_of(handed, POLICIES)
    (team,) = (row for row in rows if row.text == "Ours.")
    assert team.students == ("ann", "bob")
    for cells in (
        (["code", "points"], [team.code, "1"]),
        (
            ["student", "question", "points"],
            ["ann, bob", "why", "1"],
        ),
    ):
        assert points_of(read(cells)) == {"ann_why": 1.0, "bob_why": 1.0}


@pytest.mark.parametrize(
    ("points", "told"),
    [
        ("2.5", "2.5 is more than the 2 points to be had for why"),
        ("two", "'two' is not a number of points: write it like 1.5 or 1,5"),
        ("-1", "'-1' is not a number"),
        ("nan", "'nan' is not a number"),
        ("1e0", "'1e0' is not a number"),
        ("inf", "'inf' is not a number"),
        ("1.5.2", "'1.5.2' is not a number"),
        ("²", "'²' is not a number"),
        ("9" * 5000, "is not a number"),
        ("01. Mai", "'01. Mai' is not a number"),
    ],
)
def test_points_that_are_none_are_told_with_sheet_line_and_code(sheet, read, points, told):
    filled = fill(sheet, ann_why=points)
    index = next(i for i, row in enumerate(filled) if points in row)
    with pytest.raises(TableError) as caught:
        read(filled)
    text = str(caught.value)
    assert told in text
    assert "kim-1.csv, line " in text
    assert filled[index][0] in text
    assert text.endswith("No mark was kept.")
    assert len(text) < 500


def test_one_of_several_rows_is_told_and_the_others_counted(sheet, read):
    with pytest.raises(TableError, match=r"2 other rows cannot be taken, either\. No mark"):
        read(fill(sheet, ann_why="x", bob_why="y", ann_how="z"))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["code", "points"], ["BCDFGHJKLMNP-BCDFGH", "1"]], "line 2 .*no answer in .* has the"),
        (
            [["student", "question", "points"], ["eve", "why", "1"]],
            "line 2: .* holds no student 'eve'",
        ),
        (
            [["student", "question", "points"], ["ann", "when", "1"]],
            "line 2: there is no question 'when'. There are: why, how",
        ),
        (
            [["student", "question", "points"], ["dee", "why", "1"]],
            "line 2: dee has handed in no answer to why",
        ),
        (
            [["student", "question", "points"], ["ann", "why", "1"], ["ann", "why", "2"]],
            "line 3: 2 points, and 1 at .*line 2, for the same answer of ann to why",
        ),
        ([["code", "answer"]], "has no columns `code` and `points`"),
        ([["student", "points"]], "has no columns"),
        ([], "has no columns"),
    ],
)
def test_what_cannot_be_taken_is_one_sentence(read, rows, told):
    with pytest.raises(TableError, match=told) as caught:
        read(rows)
    assert "kim-1.csv" in str(caught.value)


def test_two_sheets_that_disagree(sheet, read):
    with pytest.raises(TableError, match=r"kim-2\.csv, line .* points, and 1 at .*kim-1\.csv"):
        read(fill(sheet, ann_why="1"), fill(sheet, ann_why="2"))
    reading = read(fill(sheet, ann_why="1"), fill(sheet, ann_why="1", bob_why="2"))
    assert points_of(reading)["bob_why"] == 2.0


def test_a_sheet_of_which_only_a_part_was_sorted(sheet, read):
    filled = fill(sheet, ann_why="1", bob_why="1")
    head, *rows = filled
    codes = [row[0] for row in rows]
    for row, code in zip(rows, [*codes[1:], codes[0]], strict=True):
        row[0] = code
    with pytest.raises(TableError, match="Was only a part of the sheet sorted"):
        read([head, *rows])


def test_what_is_no_csv_is_told(handed, tmp_path):
    for name, content, told in [
        ("book.xlsx", b"PK\x03\x04 a workbook", "save it as CSV"),
        ("nul.csv", b"code,points\n\0,1\n", "holds bytes that no text has"),
        ("open.csv", b'code,points\n"x,1\n', "quotation mark"),
    ]:
        (tmp_path / name).write_bytes(content)
        with pytest.raises(TableError, match=told):
            read_marks([tmp_path / name], handed, POLICIES, "Eve")
    with pytest.raises(TableError, match="cannot be read"):
        read_marks([tmp_path / "missing.csv"], handed, POLICIES, "Eve")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    content=st.binary(max_size=60)
    | st.text(max_size=60).map(lambda t: f"code,points\n{t}".encode("utf-8", "replace"))
)
def test_any_file_is_marks_or_a_sentence(handed, tmp_path, content):
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        reading = read_marks([path], handed, POLICIES, "Eve")
    except TableError as error:
        told = str(error)
    else:
        told = "any.csv" if all(isinstance(mark, Mark) for mark in reading.marks) else ""
    assert "any.csv" in told
