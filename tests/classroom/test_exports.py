"""Plain CSV, JSON and JUnit of a class, each read by a parser that is not ours."""

import csv
import io
import json
import types
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import grader
from grader.classroom import tables
from grader.classroom.grades import final_grades, penalties
from grader.classroom.policies import Policies
from grader.classroom.records import Student
from grader.reports.class_junit import to_class_junit
from grader.reports.grades_csv import to_csv
from grader.reports.grades_json import to_json
from tests.reports.xunit2 import assert_xunit2

QUESTIONS = types.SimpleNamespace(
    questions=[types.SimpleNamespace(name=name) for name in ("first", "second", "extra")]
)


@pytest.fixture
def grades(book, hand_in):
    hand_in("ada", "s1", 60, 10, 3, at="2026-03-01T10:00:00+00:00", name="Ada", section="A")
    hand_in("bob", "s2", None, 40)
    book.add_students([Student("=cleo", name='@SUM(A1)"\n', email="+1", team="-x")])
    book.set_penalties(penalties(book, Policies()))
    return list(final_grades(book, Policies()))


def test_csv(grades):
    cleo, ada, bob = csv.DictReader(io.StringIO(to_csv(grades, QUESTIONS), newline=""), strict=True)
    assert (ada["student"], ada["name"], ada["section"]) == ("ada", "Ada", "A")
    assert (ada["score"], ada["penalty"], ada["corrected"], ada["total"]) == (
        *("70.00", "0.00", "", "70.00"),
    )
    assert (ada["first"], ada["second"], ada["extra"], ada["bonus"]) == (
        *("60.00", "10.00", "3.00", "3.00"),
    )
    assert (ada["submission"], ada["submitted_at"]) == ("s1", "2026-03-01T10:00:00+00:00")
    assert (bob["total"], bob["first"], bob["second"]) == ("", "", "40.00")
    assert "withheld" in bob["remarks"]
    assert (cleo["student"], cleo["name"]) == ("'=cleo", "'@SUM(A1)\"\n")
    assert (cleo["email"], cleo["team"], cleo["total"]) == ("'+1", "'-x", "")


PUBLISHED = json.loads(Path(grader.__file__).with_name("grades.schema.json").read_text())


def parsed(grades, assignment="toy"):
    """The class's JSON, which must be what is published about it."""
    tree = json.loads("".join(to_json(assignment, grades)))
    jsonschema.validate(tree, PUBLISHED, jsonschema.Draft202012Validator)
    return tree


def test_json(grades):
    tree = parsed(grades)
    assert (tree["schema"], tree["assignment"]) == (1, "toy")
    cleo, ada, bob = tree["grades"]
    assert (ada["score"], ada["total"], ada["bonus"], ada["details"]) == (
        70,
        70,
        3,
        {"section": "A"},
    )
    assert ada["questions"] == {"first": 60, "second": 10, "extra": 3}
    assert ada["result"]["questions"][0]["name"] == "first"
    assert (bob["score"], bob["total"]) == (None, None)
    assert (cleo["student"], cleo["result"]) == ("=cleo", None)
    assert parsed([], '"') == {"schema": 1, "assignment": '"', "grades": []}


@pytest.mark.parametrize(
    ("where", "value"),
    [("total", "70"), ("score", -1), ("result", 5), ("more", 1), ("student", "")],
)
def test_what_is_not_published_would_be_noticed(grades, where, value):
    tree = parsed(grades)
    tree["grades"][1][where] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, PUBLISHED)


NAMES = [
    "=1+1",
    "+49 30",
    "-2",
    "@SUM(A1:A9)",
    "\t=tab",
    'O"Brien, Conor',
    "two\nlines",
    "two\r\nlines",
    "\u05d0\u05d1\u05e8\u05d4\u05dd \u05db\u05d4\u05df",
    "\u202egnp.exe",
    "\u9648\u5927\u6587",
    "\U0001f600 Zo\u00eb",
    "   =spaces",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_comes_back_from_every_format(name, book, hand_in):
    hand_in("ada", "s1", 60, 40, name=name, section=name, email=name, team=name)
    found = list(final_grades(book, Policies()))
    (row,) = csv.DictReader(io.StringIO(to_csv(found, QUESTIONS), newline=""), strict=True)
    for column in ("name", "section", "email", "team"):
        assert row[column].removeprefix("'") == name
        assert not row[column].lstrip(" ").startswith(tuple("=+-@\t\r\n"))
    assert (row["student"], row["total"]) == ("ada", "100.00")
    (grade,) = parsed(found)["grades"]
    assert (grade["name"], grade["details"]) == (name, {"section": name})
    hand_in(name.strip(), "s2", 60, 40)
    found = [one for one in final_grades(book, Policies()) if one.student.id != "ada"]
    root = ET.fromstring("".join(to_class_junit(name, found)).encode())
    (suite,) = assert_xunit2(root)
    # XML makes one space of a line's end in an attribute, unless it is escaped.
    assert suite.get("name").split() == name.split()


def test_a_team_has_a_row_for_each_and_nothing_of_a_withheld_score(book, hand_in):
    hand_in("ada", "s1", 60, 40, team="t")
    hand_in("bob", "s1", 60, 40, team="t")
    hand_in("cy", "s2", None, None)
    found = list(final_grades(book, Policies()))
    rows = list(csv.DictReader(io.StringIO(to_csv(found, QUESTIONS), newline=""), strict=True))
    assert [(row["student"], row["team"], row["total"]) for row in rows] == [
        ("ada", "t", "100.00"),
        ("bob", "t", "100.00"),
        ("cy", "", ""),
    ]
    assert (rows[2]["score"], rows[2]["first"], rows[2]["email"]) == ("", "", "")
    assert [grade["total"] for grade in parsed(found)["grades"]] == [100, 100, None]
    assert parsed(found)["grades"][2]["questions"] == {"first": None, "second": None, "extra": 0}


def test_junit(grades):
    cleo, ada, bob = assert_xunit2(
        ET.fromstring("".join(to_class_junit("toy & co", grades)).encode())
    )
    assert [suite.get("name") for suite in (cleo, ada, bob)] == ["=cleo", "ada", "bob"]
    assert [suite.get("tests") for suite in (cleo, ada, bob)] == ["0", "3", "3"]
    assert (ada.get("failures"), bob.get("errors")) == ("2", "1")
    assert (ada.get("time"), ada.get("timestamp")) == ("1.500", "2026-03-01T10:00:00+00:00")
    assert ada[1][0].text == "second is off\nExactly what a mistake gives."


def test_junit_of_nobody():
    root = ET.fromstring("".join(to_class_junit("toy\0", [])).encode())
    assert (assert_xunit2(root), root.get("name")) == ([], "toy?")


@given(st.lists(st.lists(st.text(), min_size=2, max_size=4), min_size=1))
def test_any_cells_come_back_and_none_is_a_formula(rows):
    rows = [[tables.harmless(cell) for cell in row] for row in rows]
    assert not any(
        cell.lstrip(" ")[:1] in tuple("=+-@\t\r\n") for r in rows for cell in r if cell.strip(" ")
    )
    text = tables.written(rows)
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == rows


def test_points():
    assert [tables.points(x) for x in (None, 0, 7, 0.125, 99.999)] == [
        "",
        "0.00",
        "7.00",
        "0.12",
        "100.00",
    ]
