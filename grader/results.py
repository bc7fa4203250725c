"""The result of grading one submission, schema 1: one tree of dataclasses.

Every report and every export is derived from it. `result.schema.json` beside this file is the
published JSON Schema.
"""

from __future__ import annotations

import dataclasses
import json
import math
import platform
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

SCHEMA = 1
SCHEMA_FILE = Path(__file__).with_name("result.schema.json")


class Status(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    MISSING = "missing"  # absent, or NotImplementedError
    CRASHED = "crashed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    BAD_OUTPUT = "bad_output"
    BLOCKED = "blocked"  # a prerequisite is missing or wrong, so it was not judged
    ERROR = "error"  # the grader's own fault; never scored against the student


@dataclass(frozen=True)
class Diagnosis:
    """The known mistake that explains a failure.

    The rest is the judge's own business and not part of the JSON. function: the one that makes the
    mistake; follow_through: a function that builds on it can still be judged; charged_once:
    questions that build on it go on as if it were right.
    """

    id: str
    text: str
    function: str = ""
    follow_through: bool = False
    charged_once: bool = False


@dataclass
class CheckResult:
    """One check: its verdict and what the student reads."""

    name: str
    title: str
    status: Status
    score: float | None
    max_score: float
    seconds: float = 0.0
    message: str = ""
    relative_error: float | None = None
    diagnosis: Diagnosis | None = None
    notes: list[str] = field(default_factory=list)


@dataclass
class QuestionResult:
    """One question and its checks."""

    name: str
    title: str
    score: float | None
    max_score: float
    bonus: bool
    checks: list[CheckResult] = field(default_factory=list)


@dataclass
class SubmissionInfo:
    """Which submission: its name and the digest of the graded files."""

    id: str
    digest: str


@dataclass
class Environment:
    """What the result may depend on, for whoever has to reproduce it."""

    python: str
    numpy: str
    blas: str
    platform: str


@dataclass
class ManualScore:
    """A part that a person grades; null until then."""

    name: str
    score: float | None
    max_score: float
    by: str | None = None


@dataclass
class Result:
    """The complete result of one submission."""

    assignment: str
    version: str
    mode: str
    submission: SubmissionInfo
    graded_at: str
    seconds: float
    isolation: list[str]
    score: float | None
    max_score: float
    bonus: float | None
    max_bonus: float
    questions: list[QuestionResult]
    environment: Environment
    manual: list[ManualScore] = field(default_factory=list)
    output: str = ""
    schema: int = SCHEMA

    @property
    def errors(self) -> list[CheckResult]:
        """The checks in which the grader itself failed: the score is withheld."""
        return [
            check
            for question in self.questions
            for check in question.checks
            if check.status is Status.ERROR
        ]


def to_dict(result: Result) -> dict[str, Any]:
    """The result as plain JSON values, `schema` first; NaN and infinity become null."""
    tree = _plain(dataclasses.asdict(result))
    for question in tree["questions"]:
        for check in question["checks"]:
            if check["diagnosis"]:
                check["diagnosis"] = {key: check["diagnosis"][key] for key in ("id", "text")}
    return {"schema": tree.pop("schema"), **tree}


def to_json(result: Result) -> str:
    """The result as a JSON text."""
    return json.dumps(to_dict(result), indent=1, allow_nan=False) + "\n"


def share_points(points: int, weights: list[int]) -> list[float]:
    """Split a question's points by the checks' weights, in hundredths that add up exactly.

    The hundredths that rounding leaves over go to the largest remainders, first come first served.
    """
    total, hundredths = sum(weights), points * 100
    shares = [hundredths * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: -(hundredths * weights[i] % total))
    for i in order[: hundredths - sum(shares)]:
        shares[i] += 1
    return [share / 100 for share in shares]


def add_points(scores: list[float | None]) -> float | None:
    """The exact sum of scores in hundredths; None (withheld) if any of them is."""
    if any(score is None for score in scores):
        return None
    return sum(round(score * 100) for score in scores if score is not None) / 100


def this_environment() -> Environment:
    """What this machine grades with."""
    try:
        blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        blas_name = f"{blas['name']} {blas['version']}"
    except (KeyError, TypeError):
        blas_name = "unknown"
    return Environment(
        platform.python_version(), np.__version__, blas_name, platform.platform(terse=True)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
