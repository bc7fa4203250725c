"""JUnit XML: what a continuous integration reads, whatever a student's code says."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.junit import to_junit
from grader.results import (
    CheckResult,
    Diagnosis,
    Environment,
    QuestionResult,
    Result,
    Status,
    SubmissionInfo,
)
from tests.reports.xunit2 import assert_xunit2

EVERY_STATUS = [status for status in Status]


def result_of(*checks, id="student"):
    return Result(
        assignment="descent",
        version="0",
        mode="practice",
        submission=SubmissionInfo(id, "sha256:" + "0" * 64),
        graded_at="2026-03-01T10:00:00+00:00",
        seconds=1.25,
        isolation=[],
        score=0.0,
        max_score=10.0,
        bonus=0.0,
        max_bonus=0.0,
        questions=[QuestionResult("adam", "Adam", 0.0, 10.0, False, list(checks))],
        environment=Environment("3", "2", "blas", "here"),
    )


def check_of(status, message="", name="follows", **more):
    return CheckResult(name, "It follows", status, 0.0, 5.0, seconds=0.5, message=message, **more)


def suite_of(result):
    root = ET.fromstring(to_junit(result).encode("utf-8"))
    assert root.tag == "testsuites"
    (suite,) = assert_xunit2(root)
    return suite


def test_every_status_is_counted_once():
    checks = [check_of(status, name=f"check_{i}") for i, status in enumerate(EVERY_STATUS)]
    suite = suite_of(result_of(*checks))
    counts = {name: int(suite.get(name)) for name in ("tests", "failures", "skipped", "errors")}
    assert counts == {
        "tests": len(EVERY_STATUS),
        "failures": len(EVERY_STATUS) - 3,
        "skipped": 1,
        "errors": 1,
    }
    for case, status in zip(suite, EVERY_STATUS, strict=True):
        found = [child.tag for child in case]
        expected = {"passed": [], "blocked": ["skipped"], "error": ["error"]}
        assert found == expected.get(status, ["failure"])


def test_a_case_says_which_check_and_how_long():
    suite = suite_of(result_of(check_of(Status.PASSED)))
    (case,) = suite
    assert case.attrib == {"classname": "adam", "name": "follows", "time": "0.500"}
    assert (suite.get("name"), suite.get("time")) == ("student", "1.250")
    assert suite.get("timestamp") == "2026-03-01T10:00:00+00:00"


def test_a_failure_says_what_the_student_reads():
    diagnosis = Diagnosis("adam-x", "Exactly what you get when t is lost.")
    suite = suite_of(result_of(check_of(Status.FAILED, "step 1 < step 2", diagnosis=diagnosis)))
    (failure,) = suite[0]
    assert failure.attrib == {"type": "failed", "message": "failed: It follows"}
    assert failure.text == "step 1 < step 2\nExactly what you get when t is lost."


@given(st.text(st.characters(exclude_categories=[])), st.text(), st.sampled_from(EVERY_STATUS[1:]))
def test_whatever_is_said_it_is_xml(message, name, status):
    result = result_of(check_of(status, message, name=name), id=name)
    suite = suite_of(result)
    assert suite.get("tests") == "1"
    kept = [c for c in message if c.isprintable() and c != "\ufffe"]
    text = suite[0][0].text or ""
    assert [c for c in text if c.isprintable() and c != "?"] == [c for c in kept if c != "?"]


@pytest.mark.parametrize(
    "text", ["]]>", "<script>", "&amp;", "a\0b", "\ud800", "\x1b[31m", "\ufffe"]
)
def test_what_xml_cannot_hold_is_replaced(text):
    suite = suite_of(result_of(check_of(Status.CRASHED, text), id=text))
    assert len(suite[0][0].text) == len(text)
    assert len(suite.get("name")) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        '<testsuites time="soon" />',
        "<testsuites><testcase /></testsuites>",
        '<testsuites><testsuite name="a" tests="0" failures="0" /></testsuites>',
        '<testsuites><testsuite name="a" tests="1" failures="0" errors="0" /></testsuites>',
        '<testsuite name="a" tests="0" failures="0" errors="0" timestamp="now" />',
        '<testcase name="a" classname="b" status="run" />',
        '<testcase name="a" classname="b"><failure /><error /></testcase>',
    ],
)
def test_what_is_no_xunit2_would_be_noticed(text):
    with pytest.raises((AssertionError, ValueError)):
        assert_xunit2(ET.fromstring(text))
