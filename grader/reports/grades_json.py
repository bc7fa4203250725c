"""Grades as JSON, for programs: everything that led to them, and the result itself."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from typing import Any

from grader.classroom.grades import Grade

SCHEMA = 1


def to_json(assignment: str, grades: Iterable[Grade]) -> Iterator[str]:
    """The text in pieces, so that a large class need not be held in memory."""
    yield f'{{"schema": {SCHEMA}, "assignment": {json.dumps(assignment)}, "grades": ['
    separator = "\n"
    for grade in grades:
        yield separator + json.dumps(_plain(grade), allow_nan=False)
        separator = ",\n"
    yield "\n]}\n"


def _plain(grade: Grade) -> dict[str, Any]:
    student, attempt = grade.student, grade.attempt
    return {
        "student": student.id,
        "name": student.name,
        "email": student.email,
        "team": student.team,
        "details": dict(student.details),
        "submitted_at": grade.submitted_at.isoformat() if grade.submitted_at else None,
        "score": grade.raw,
        "penalty": grade.penalty,
        "corrected": grade.override,
        "total": grade.total,
        "bonus": grade.bonus,
        "questions": dict(grade.questions),
        "reasons": list(grade.reasons),
        "submission": attempt.submission if attempt else None,
        "run": attempt.run if attempt else None,
        "manual": [dataclasses.asdict(score) for score in grade.manual.scores],
        "result": grade.result,
    }
