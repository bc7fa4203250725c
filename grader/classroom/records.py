"""The rows of a gradebook, as values: students, what they handed in, runs and attempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Student:
    """A student as the roster has them."""

    id: str
    name: str = ""
    email: str = ""
    team: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Delivery:
    """A submission that a student has handed in."""

    student: str
    submission: str
    source: str
    submitted_at: str | None = None


@dataclass(frozen=True)
class Scope:
    """What a run was asked to grade; nothing named is everything."""

    students: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    withheld: bool = False  # only what the grader itself has failed on


EVERYTHING = Scope()
REMOVED = "(removed)"  # in place of a student's name


@dataclass(frozen=True)
class Run:
    """A grading of a class: one seed for all."""

    number: int
    grader: str
    seed: int
    reason: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Attempt:
    """What came of grading a submission once.

    origins: of questions whose results were taken over, the run in which they were graded
    """

    student: str
    submission: str
    grader: str
    run: int
    score: float | None
    max_score: float
    bonus: float | None
    max_bonus: float
    result: Mapping[str, Any]
    environment: Mapping[str, Any]
    graded_at: str
    seconds: float
    origins: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What a student has answered to a question in a lab, as it was handed in once.

    digest: of the text, and the same for every answer that was not written
    text: "" also where it was not asked for
    """

    student: str
    question: str
    digest: str
    source: str
    submitted_at: str | None = None
    text: str = ""


@dataclass(frozen=True)
class Mark:
    """What a person has given for an answer, and what they say of it to the student."""

    student: str
    question: str
    digest: str
    points: float
    author: str
    comment: str = ""
