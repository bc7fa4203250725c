"""The result: points that add up, and JSON that anyone can read."""

import itertools
import json
import math
from fractions import Fraction

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.results import (
    SCHEMA_FILE,
    CheckResult,
    Diagnosis,
    ManualScore,
    QuestionResult,
    Result,
    Status,
    SubmissionInfo,
    add_points,
    share_points,
    this_environment,
    to_dict,
    to_json,
)

weights = st.lists(st.integers(1, 50), min_size=1, max_size=30)


@given(st.integers(1, 200), weights)
def test_shares_add_up_to_the_points_exactly(points, weights):
    shares = share_points(points, weights)
    assert sum(round(share * 100) for share in shares) == points * 100
    assert add_points(shares) == points


@given(st.integers(1, 200), weights)
def test_every_share_is_its_weights_to_the_hundredth(points, weights):
    for share, weight in zip(share_points(points, weights), weights, strict=True):
        exact = Fraction(points * weight, sum(weights))
        assert abs(round(share * 100) - exact * 100) < 1
        assert share == round(share, 2)


@given(st.integers(1, 200), weights)
def test_a_larger_weight_never_gets_less(points, weights):
    pairs = sorted(zip(weights, share_points(points, weights), strict=True))
    by_weight = [share for _, share in pairs]
    assert all(a <= b + 0.011 for a, b in itertools.pairwise(by_weight))


def test_shares_by_hand():
    assert share_points(10, [1]) == [10.0]
    assert share_points(10, [1, 1, 1]) == [3.34, 3.33, 3.33]
    assert share_points(15, [8, 3, 3, 2]) == [7.5, 2.81, 2.81, 1.88]


@given(st.lists(st.integers(0, 10_000), max_size=40))
def test_sums_are_exact_in_hundredths(hundredths):
    assert add_points([number / 100 for number in hundredths]) == sum(hundredths) / 100


@given(st.lists(st.floats(0, 10) | st.none(), min_size=1))
def test_one_withheld_score_withholds_the_sum(scores):
    assert (add_points(scores) is None) == (None in scores)


def result_with(**fields):
    check = CheckResult("steps", "Steps", Status.FAILED, 0.0, 3.0, **fields)
    question = QuestionResult("momentum", "Momentum", 0.0, 3.0, False, [check])
    return Result(
        assignment="toy",
        version="1",
        mode="practice",
        submission=SubmissionInfo("ada", "sha256:00"),
        graded_at="2025-01-01T00:00:00+00:00",
        seconds=0.5,
        isolation=["process"],
        score=0.0,
        max_score=3.0,
        bonus=0.0,
        max_bonus=0.0,
        questions=[question],
        environment=this_environment(),
        manual=[ManualScore("report", None, 5.0)],
    )


def check_of(tree):
    return tree["questions"][0]["checks"][0]


def test_the_tree_is_schema_1():
    diagnosis = Diagnosis("left-out", "It was left out.", follow_through=True)
    tree = to_dict(result_with(diagnosis=diagnosis, relative_error=0.25, notes=["n"]))
    assert next(iter(tree)) == "schema"
    assert tree["schema"] == 1
    assert {
        *("assignment", "version", "mode", "submission", "graded_at", "seconds", "isolation"),
        *("score", "max_score", "bonus", "max_bonus", "questions", "environment", "manual"),
        "output",
    } == set(tree) - {"schema"}
    check = check_of(tree)
    assert check["status"] == "failed"
    assert check["relative_error"] == 0.25
    assert check["diagnosis"] == {"id": "left-out", "text": "It was left out."}
    assert set(tree["environment"]) == {"python", "numpy", "blas", "platform"}
    assert tree["manual"] == [{"name": "report", "score": None, "max_score": 5.0, "by": None}]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_json_has_no_numbers_that_json_lacks(number):
    text = to_json(result_with(relative_error=number))

    def refuse(name):
        pytest.fail(f"{name} is not JSON")

    assert check_of(json.loads(text, parse_constant=refuse))["relative_error"] is None


@given(st.text(), st.floats(), st.lists(st.text()))
def test_json_reads_back_as_the_tree(message, error, notes):
    result = result_with(message=message, relative_error=error, notes=notes)
    assert json.loads(to_json(result)) == to_dict(result)


def test_json_can_be_written_to_any_file():
    text = to_json(result_with(message="lone \udc80, é, \x00, \u2028"))
    assert text.encode("ascii").endswith(b"}\n")


def test_every_status_is_a_word_in_json():
    for status in Status:
        result = result_with()
        result.questions[0].checks[0].status = status
        assert check_of(json.loads(to_json(result)))["status"] == status.value


def test_errors_are_the_graders_own():
    result = result_with()
    assert result.errors == []
    result.questions[0].checks[0].status = Status.ERROR
    assert result.errors == result.questions[0].checks


def test_the_published_schema_describes_it():
    schema = json.loads(SCHEMA_FILE.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    result = result_with(diagnosis=Diagnosis("left-out", "It was left out."), notes=["n"])
    result.submission.digest = "sha256:" + 64 * "0"
    for status in Status:
        result.questions[0].checks[0].status = status
        jsonschema.validate(to_dict(result), schema)
    result.score = result.questions[0].score = result.questions[0].checks[0].score = None
    jsonschema.validate(to_dict(result), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**to_dict(result), "grade": "A"}, schema)


def test_the_environment_is_this_one():
    environment = this_environment()
    assert all(vars(environment).values())
