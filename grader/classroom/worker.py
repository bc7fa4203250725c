"""What a worker does: grade a submission, given and returned as plain data.

The checks are collected once per process and kept for the submissions that follow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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

    @property
    def handed_in(self) -> Submission:
        """It as the grader takes it."""
        files = dict(self.files)
        return Submission(self.student, Path(self.student), files, refused=self.refused)


@dataclass(frozen=True)
class Done:
    """A result as plain data, schema 1."""

    student: str
    submission: str
    result: dict[str, Any]


_sessions: dict[Setup, Session] = {}  # at most one: a worker serves one run at a time


def grade_task(setup: Setup, task: Task) -> Done:
    """Grade one submission in official mode; GradingError or WeakIsolation where that cannot be."""
    session = _session_for(setup)
    try:
        graded = session.grade(task.handed_in, setup.seed)
    except BaseException:
        end_sessions()  # after which it can grade nothing
        raise
    return Done(task.student, task.submission, to_dict(graded.result))


def end_sessions() -> None:
    """End the student processes that this worker keeps ready."""
    while _sessions:
        _sessions.popitem()[1].close()


def _session_for(setup: Setup) -> Session:
    key = replace(setup, seed=0)  # the next run's seed needs no new checks
    if key not in _sessions:
        end_sessions()
        _sessions[key] = Session(
            Project(Path(setup.root)),
            official=True,
            questions=setup.questions,
            allow_weak_isolation=setup.allow_weak_isolation,
        )
    return _sessions[key]
