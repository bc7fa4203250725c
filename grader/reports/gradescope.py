"""Gradescope's `results.json`, from the result of one submission.

Gradescope knows a test as passed or failed only; the status in full is in its `extra_data`. It
hides a student's total as soon as one test is hidden, which the output then says. The bonus is
shown apart, and added to the score only if the course says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from grader.classroom.disclosure import Disclosure
from grader.classroom.policies import Policies, Visibility
from grader.manifest import Manifest
from grader.results import CheckResult, QuestionResult, Result, Status


def to_gradescope(
    result: Result,
    manifest: Manifest,
    policies: Policies,
    attempts: int = 1,
    details: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The content of `results.json`.

    attempts: how often the student has handed in, this time included
    details: of this submission, to be kept with the results

    Where the grader itself failed there is no score and no test: Gradescope then takes the grading
    for failed, and asks the course's staff, which is what a withheld score is for.
    """
    tree: dict[str, Any] = {
        "execution_time": round(result.seconds, 3),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "schema": result.schema,
            "version": result.version,
            "digest": result.submission.digest,
            "isolation": result.isolation,
            "max_score": result.max_score,
            "max_bonus": result.max_bonus,
            **(details or {}),
        },
    }
    if result.score is None or result.bonus is None:
        tree["output"] = manifest.say("withheld", count=len(result.errors))
        return tree
    disclosure = Disclosure(policies, attempts)
    tests = [
        _test(question, check, f"{i}.{j}", disclosure)
        for i, question in enumerate(result.questions, start=1)
        for j, check in enumerate(question.checks, start=1)
    ]
    said = ""
    if any(test["visibility"] != Visibility.VISIBLE for test in tests):
        said = manifest.say("total_hidden")
    elif result.max_bonus:  # the sum would tell how hidden checks ended
        tree["extra_data"]["bonus"] = result.bonus
        bonus, most = f"{result.bonus:g}", f"{result.max_bonus:g}"
        said = manifest.say("bonus_apart", bonus=bonus, max_bonus=most)
    score = result.score + (result.bonus if policies.bonus_counts else 0.0)
    return {"score": round(score, 2), **tree, "output": said, "tests": tests}


def gradescope_json(
    result: Result,
    manifest: Manifest,
    policies: Policies,
    attempts: int = 1,
    details: Mapping[str, Any] | None = None,
) -> str:
    """`results.json` as a text."""
    return _text(to_gradescope(result, manifest, policies, attempts, details))


def withheld_json(manifest: Manifest) -> str:
    """`results.json` for a submission that could not be graded at all."""
    output = manifest.say("not_graded")
    return _text({"output": output, "output_format": "text", "stdout_visibility": "hidden"})


def _text(tree: dict[str, Any]) -> str:
    return json.dumps(tree, allow_nan=False) + "\n"


def _test(
    question: QuestionResult, check: CheckResult, number: str, disclosure: Disclosure
) -> dict[str, Any]:
    told = check.diagnosis.text if check.diagnosis and disclosure.shows_diagnoses else ""
    passed = check.status is Status.PASSED
    return {
        "score": check.score,
        "max_score": check.max_score,
        "status": "passed" if passed else "failed",
        "name": f"{question.title}: {check.title}{' (bonus)' * question.bonus}",
        "number": number,
        "output": "\n".join(filter(None, [check.message, told, *check.notes])),
        "output_format": "text",
        "visibility": str(disclosure.visibility_of(question.name, check.name)),
        # Students can read this in the page's source: nothing that the output would not tell.
        "extra_data": {
            "question": question.name,
            "check": check.name,
            "status": str(check.status),
            "bonus": question.bonus,
        },
    }
