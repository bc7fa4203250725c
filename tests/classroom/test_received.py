"""What another machine sends is a result of this assignment, or is not taken."""

import copy
import json

import pytest

from grader.classroom.received import NoResult, read_result
from grader.manifest import load_manifest
from grader.results import to_dict
from tests.classroom.conftest import MAXIMA

QUESTIONS = """
schema = 1
name = "toy"
title = "A toy assignment"
points = 100
bonus = 7

[limits]
call_seconds = 1.0
check_seconds = 1.0
submission_seconds = 1.0
memory_mib = 64
output_kib = 4
"""
MANUAL = """
[[manual]]
name = "why"
title = "Why"
lab = "tiny"
points = 2
"""
QUESTION = """
[[question]]
name = "{}"
title = "One of them"
points = {:g}
bonus = {}
file = "work.py"
functions = ["{}(x) -> y"]
hint = "Think."
"""

UNMARKED = [{"name": "why", "score": None, "max_score": 2.0, "by": None}]


@pytest.fixture
def manifest(tmp_path, sentences):
    """Of the assignment whose results `result_of` makes."""
    given = [
        QUESTION.format(name, points, str(name == "extra").lower(), name)
        for name, points in MAXIMA.items()
    ]
    text = QUESTIONS + "".join(given) + MANUAL + sentences
    (tmp_path / "questions.toml").write_text(text)
    return load_manifest(tmp_path / "questions.toml")


@pytest.mark.parametrize("scores", [(60.0, 40.0, 7.0), (0.0, 12.5, 0.0), (None, 40.0, 0.0)])
def test_a_result_comes_through_unchanged(result_of, manifest, scores):
    result = {**to_dict(result_of(*scores)), "manual": UNMARKED}
    assert read_result(json.dumps(result), manifest) == result


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (["schema"], 2, "result.schema cannot be 2"),
        (["assignment"], "another", "result.assignment"),
        (["mode"], "practice", "result.mode"),
        (["score"], 100.0, "result.score"),
        (["score"], "12", "result.score"),
        (["score"], True, "result.score"),
        (["max_score"], 1e6, "result.max_score"),
        (["seconds"], None, "result.seconds"),
        (["more"], 1, "result cannot be"),
        (["questions", 0, "name"], "third", "result.questions"),
        (["questions", 0, "score"], 60.0, "first: score"),
        (["questions", 0, "checks", 0, "score"], 61.0, "first: first_follows: score"),
        (["questions", 0, "checks", 0, "score"], -1.0, "first: first_follows: score"),
        (["questions", 0, "checks", 0, "status"], "perfect", "status cannot be 'perfect'"),
        (["questions", 0, "checks", 0, "diagnosis"], {"id": "x"}, "diagnosis"),
        (["questions", 0, "checks"], {}, "checks cannot be {}"),
        (["questions"], [], "result.score"),
        (["manual"], [], "result.manual"),
        (["manual", 0, "score"], 2.0, "result.manual"),
        (["manual", 0, "by"], "the worker", "result.manual"),
        (["manual", 0, "max_score"], 200.0, "result.manual"),
    ],
)
def test_what_is_none_is_told_with_its_place(result_of, manifest, path, value, told):
    result = copy.deepcopy({**to_dict(result_of(30.0, 40.0)), "manual": UNMARKED})
    inner = result
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    with pytest.raises(NoResult) as caught:
        read_result(json.dumps(result), manifest)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "[" * 100_000, '{"score": NaN}', b"{}", None, ("done",), " " * 2**25]
)
def test_anything_else_is_refused(manifest, text):
    with pytest.raises(NoResult):
        read_result(text, manifest)
