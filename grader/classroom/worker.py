"""What a worker does: grade a submission, given and returned as plain data.

The checks are collected once per process and kept for the submissions that follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.grading import Session
from grader.project import Project
from grader.results import to_dict
from grader.sentences import Sentence
from grader.submission import Submission


@dataclass(frozen=True)
class Setup:
    """What all gradings of a run have in common; `root` is the project's folder on the worker."""

    root: str
    seed: int
    questions: tuple[str, ...] = ()
    allow_weak_isolation: bool = False


@dataclass(frozen=True)
class Task:
    """One submission to grade: the bytes of its files, or why it could not be read."""

    student: str
    submission: str
    files: Mapping[str, bytes] = field(repr=False)
    refused: Sentence | None = None


@dataclass(frozen=True)
class Done:
    """A result as plain data, schema 1."""

    student: str
    submission: str
    result: dict[str, Any]


_sessions: dict[Setup, Session] = {}


def grade_task(setup: Setup, task: Task) -> Done:
    """Grade one submission in official mode; GradingError or WeakIsolation where that cannot be."""
    session = _sessions.get(setup)
    if session is None:
        session = Session(
            Project(Path(setup.root)),
            official=True,
            questions=setup.questions,
            allow_weak_isolation=setup.allow_weak_isolation,
        )
        _sessions[setup] = session
    files = dict(task.files)
    submission = Submission(task.student, Path(task.student), files, refused=task.refused)
    graded = session.grade(submission, setup.seed)
    return Done(task.student, task.submission, to_dict(graded.result))
