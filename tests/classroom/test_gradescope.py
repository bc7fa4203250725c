"""Gradescope's results.json: valid by its documentation, and students read no more than is due."""

import json

import jsonschema
import pytest

from grader.classroom.policies import Policies, Visibility
from grader.reports.gradescope import gradescope_json, to_gradescope
from grader.results import CheckResult, Status
from tests.gradescope.published import SCHEMA


@pytest.fixture
def written(manifest):
    """The parsed results.json of a result."""

    def write(result, rules=None, attempts=1):
        tree = json.loads(gradescope_json(result, manifest, rules or Policies(), attempts))
        jsonschema.validate(tree, SCHEMA)
        return tree

    return write


def test_scores_and_tests(written, result_of):
    tree = written(result_of(60, 10, 3))
    assert (tree["score"], tree["execution_time"]) == (70, 1.5)
    assert (tree["visibility"], tree["stdout_visibility"]) == ("visible", "hidden")
    tests = [(t["number"], t["score"], t["max_score"], t["status"]) for t in tree["tests"]]
    assert tests == [("1.1", 60, 60, "passed"), ("2.1", 10, 40, "failed"), ("3.1", 3, 7, "failed")]
    assert tree["tests"][1]["name"] == "The second one: The second one follows"
    assert tree["tests"][1]["output"] == "second is off\nExactly what a mistake gives."
    assert all(test["visibility"] == "visible" for test in tree["tests"])


def test_the_bonus_is_apart_unless_it_counts(written, result_of):
    tree = written(result_of(60, 10, 3))
    assert "+3 of 7" in tree["output"]
    assert tree["extra_data"]["bonus"] == 3
    assert tree["tests"][2]["name"].endswith("(bonus)")
    assert written(result_of(60, 10, 3), Policies(bonus_counts=True))["score"] == 73


def test_every_status_is_passed_or_failed(written, result_of):
    for status in Status:
        if status is not Status.ERROR:
            check = CheckResult("c", "It follows", status, 0.0, 60.0)
            (first, *_) = written(result_of(0, checks={"first": [check]}))["tests"]
            assert first["status"] == ("passed" if status is Status.PASSED else "failed")
            assert first["extra_data"]["status"] == status


def test_a_hidden_check_hides_the_total_and_says_so(written, result_of):
    rules = Policies(checks={"extra": Visibility.HIDDEN, "first": Visibility.AFTER_DUE_DATE})
    tree = written(result_of(60, 10, 3), rules)
    assert [test["visibility"] for test in tree["tests"]] == ["after_due_date", "visible", "hidden"]
    assert "total" in tree["output"]
    assert "+3" not in tree["output"]
    assert "bonus" not in tree["extra_data"]


def test_diagnoses_are_shown_when_the_course_says_so(written, result_of):
    def told(rules, attempts):
        return "Exactly" in written(result_of(0, 0, 0), rules, attempts)["tests"][0]["output"]

    assert told(Policies(), 1)
    assert not told(Policies(diagnoses=None), 9)
    assert [told(Policies(diagnoses=3), n) for n in (1, 2, 3, 4)] == [False, False, True, True]


def test_a_withheld_score_is_no_score(written, result_of):
    """Gradescope needs a score or tests; without both it reports a failure, to the staff too."""
    tree = written(result_of(None, 40, 7))
    assert "score" not in tree
    assert "tests" not in tree
    assert "1 of the checks" in tree["output"]


def test_what_the_student_printed_is_not_in_it(manifest, result_of):
    result = result_of(60, 40)
    result.output = "PRINTED"
    assert "PRINTED" not in json.dumps(to_gradescope(result, manifest, Policies()))
