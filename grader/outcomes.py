"""What became of a check: its outcome, and how what a check raised turns into one."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from grader import compare
from grader.diagnose import Finding
from grader.manifest import Manifest
from grader.messages import explain_fault, explain_mismatch
from grader.plugin import CheckSpec
from grader.results import Diagnosis, Status
from grader.student.faults import StudentFault

ENGINE = Path(__file__).parent


@dataclass
class Outcome:
    """What one check found, before points are given."""

    spec: CheckSpec
    status: Status
    message: str = ""
    error: float | None = None
    diagnosis: Diagnosis | None = None
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    printed: str = ""
    waits_for: tuple[str, ...] = ()
    by_variant: bool = False  # it passed against an accepted variant
    finding: Finding | None = field(default=None, repr=False)


@dataclass
class Attempt:
    """One run of a check's body: what it raised, and what its comparisons saw."""

    raised: BaseException | None = None
    log: compare.Log = field(default_factory=compare.Log)


class UnknownCheck(Exception):
    """No check, or more than one, has that name; the sentence lists those there are."""


class Blocked(Exception):
    """A check cannot be judged before another question is right."""


class Verdicts(Protocol):
    """What a check may ask about the questions before its own."""

    def is_sound(self, question: str) -> bool: ...
    def known_mistake(self, function: str) -> Diagnosis | None: ...
    def wait_for(self, question: str) -> None: ...


class _Neutral:
    """Verdicts for running a check apart from any submission: everything before it is right."""

    def is_sound(self, question: str) -> bool:
        return True

    def known_mistake(self, function: str) -> Diagnosis | None:
        return None

    def wait_for(self, question: str) -> None:
        pass


NEUTRAL: Verdicts = _Neutral()


def outcome_of(
    manifest: Manifest, spec: CheckSpec, error: BaseException, *, hidden: bool
) -> Outcome:
    """The outcome of a check that raised something; hidden: students must not see its inputs."""
    if isinstance(error, StudentFault):
        owner = manifest.functions[error.function].question
        if owner != spec.question:
            return blocked(manifest, spec, (owner,))
        return Outcome(spec, Status(error.status), explain_fault(manifest, error, hidden))
    if isinstance(error, Blocked):
        return blocked(manifest, spec, error.args)
    if isinstance(error, compare.Mismatch):
        message = explain_mismatch(manifest, error, hidden)
        return Outcome(spec, Status(error.status), message, error.error)
    if isinstance(error, pytest.fail.Exception) or (
        isinstance(error, AssertionError) and not _raised_by_the_engine(error)
    ):
        words = "" if hidden else str(error)  # they may hold inputs
        return Outcome(spec, Status.FAILED, words or spec.title)
    return grader_fault(manifest, spec, error)


def blocked(manifest: Manifest, spec: CheckSpec, waits_for: tuple[str, ...]) -> Outcome:
    """The outcome of a check that was not run, or not to its end, because of other questions."""
    message = manifest.say("blocked", questions=", ".join(waits_for))
    return Outcome(spec, Status.BLOCKED, message, waits_for=waits_for)


def grader_fault(manifest: Manifest, spec: CheckSpec, error: BaseException) -> Outcome:
    """The outcome of a check in which the grader itself failed."""
    text = f"{spec.question}: {spec.name}: {type(error).__name__}: {error}"
    return Outcome(spec, Status.ERROR, manifest.say("grader_fault", text=text))


def _raised_by_the_engine(error: BaseException) -> bool:
    """Whether an assertion failed in the grader itself, and not in a check or what it called."""
    frames = list(traceback.walk_tb(error.__traceback__))
    innermost = Path(frames[-1][0].f_code.co_filename)
    return ENGINE in innermost.parents and ENGINE / "checks" not in innermost.parents
