"""Plain CSV, JSON and JUnit of a class, each read by a parser that is not ours."""

import csv
import io
import json
import types
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom import tables
from grader.classroom.gradebook import Student
from grader.classroom.grades import final_grades, penalties
from grader.classroom.policies import Policies
from grader.reports.class_junit import to_class_junit
from grader.reports.grades_csv import to_csv
from grader.reports.grades_json import to_json

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


def test_json(grades):
    tree = json.loads("".join(to_json("toy", grades)))
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
    assert json.loads("".join(to_json('"', []))) == {"schema": 1, "assignment": '"', "grades": []}


def xunit2(root):
    """The structure that pytest's xunit2 has, by its published schema."""
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite"
        assert set(suite.attrib) <= {
            *("name", "errors", "failures", "skipped", "tests", "time", "timestamp", "hostname"),
        }
        found = {"failure": 0, "error": 0, "skipped": 0}
        for case in suite:
            assert (case.tag, set(case.attrib)) == ("testcase", {"classname", "name", "time"})
            assert float(case.get("time")) >= 0
            for outcome in case:
                assert set(outcome.attrib) <= {"message", "type"}
                found[outcome.tag] += 1
        counted = [int(suite.get(name)) for name in ("failures", "errors", "skipped", "tests")]
        assert counted == [*found.values(), len(suite)]
    return list(root)


def test_junit(grades):
    cleo, ada, bob = xunit2(ET.fromstring("".join(to_class_junit("toy & co", grades)).encode()))
    assert [suite.get("name") for suite in (cleo, ada, bob)] == ["=cleo", "ada", "bob"]
    assert [suite.get("tests") for suite in (cleo, ada, bob)] == ["0", "3", "3"]
    assert (ada.get("failures"), bob.get("errors")) == ("2", "1")
    assert (ada.get("time"), ada.get("timestamp")) == ("1.500", "2026-03-01T10:00:00+00:00")
    assert ada[1][0].text == "second is off\nExactly what a mistake gives."


def test_junit_of_nobody():
    root = ET.fromstring("".join(to_class_junit("toy\0", [])).encode())
    assert (xunit2(root), root.get("name")) == ([], "toy?")


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
