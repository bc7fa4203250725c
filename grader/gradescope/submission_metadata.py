"""Gradescope's `submission_metadata.json`: how often a student has handed in, and when it was due.

Lateness is Gradescope's own matter; what it says of it is kept beside the results.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from grader.classroom.times import parse_time


class MetadataError(Exception):
    """The file cannot be read; the sentence says why."""


@dataclass(frozen=True)
class SubmissionMetadata:
    """What grading needs to know of one submission.

    attempts: this one included; those on which the autograder failed do not count
    times: ISO 8601 in UTC, by name, those that are given: `submitted_at`, `due`, `late_due`
    """

    attempts: int = 1
    times: dict[str, str] = field(default_factory=dict)


def read_submission_metadata(path: Path) -> SubmissionMetadata:
    """Read the file; whatever is absent from it has its default. MetadataError if it is none."""
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise MetadataError(f"{path} cannot be read: {error}") from error
    if not isinstance(tree, dict):
        raise MetadataError(f"{path} holds no JSON object")
    assignment = _table(tree.get("assignment"))
    known = {
        "submitted_at": tree.get("created_at"),
        "due": assignment.get("due_date"),
        "late_due": assignment.get("late_due_date"),
    }
    times = {name: time for name, value in known.items() if (time := _time(value))}
    earlier = tree.get("previous_submissions")
    attempts = [
        one
        for one in (earlier if isinstance(earlier, list) else [])
        if isinstance(one, dict) and one.get("autograder_error") is not True
    ]
    return SubmissionMetadata(len(attempts) + 1, times)


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _time(value: Any) -> str:
    """The time in UTC, or "" for what is none."""
    try:
        return parse_time(value, UTC).isoformat() if isinstance(value, str) else ""
    except ValueError:
        return ""
