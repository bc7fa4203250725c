"""Whose score changed from one grading to another, and which checks say otherwise now."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Attempt, Student


@dataclass(frozen=True)
class Graded:
    """One of the two gradings that are compared."""

    run: int
    score: float | None  # None: withheld
    bonus: float | None


@dataclass(frozen=True)
class CheckChange:
    """A check that says otherwise; a status of "" is that of a check that is not there."""

    question: str
    name: str
    title: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None
    mistake_before: str = ""
    mistake_after: str = ""


@dataclass(frozen=True)
class Change:
    """What is otherwise in one submission of one student."""

    student: Student
    submission: str
    before: Graded
    after: Graded
    checks: Sequence[CheckChange]
    corrected: bool = False  # a person has given a score, which stays

    @property
    def score_changed(self) -> bool:
        """Whether there are other points for it, rather than other words only."""
        before, after = self.before, self.after
        return (before.score, before.bonus) != (after.score, after.bonus)

    @property
    def points(self) -> float:
        """How much the score went up; 0 where one of the two is withheld."""
        if self.before.score is None or self.after.score is None:
            return 0.0
        return round(self.after.score - self.before.score, 2)


@dataclass
class Comparison:
    """Two gradings of a class.

    runs: how many submissions were compared between which two runs
    new: submissions that only the later one has graded
    """

    runs: Counter[tuple[int, int]] = field(default_factory=Counter)
    new: int = 0
    changes: list[Change] = field(default_factory=list)

    @property
    def compared(self) -> int:
        """How many submissions were graded in both."""
        return self.runs.total()


def compared(
    gradebook: Gradebook, older: int | None = None, newer: int | None = None
) -> Comparison:
    """The gradebook as it was after the run `newer`, against what it was after `older`.

    Without `newer` it is the last grading of each submission, and without `older` the one before.
    """
    students = {student.id: student for student in gradebook.students()}
    found = Comparison()
    for (student, submission), before, after in _pairs(gradebook, older, newer):
        if before is None:
            found.new += 1
            continue
        found.runs[before.run, after.run] += 1
        checks = list(_checks(before.result, after.result))
        change = Change(
            students[student],
            submission,
            Graded(before.run, before.score, before.bonus),
            Graded(after.run, after.score, after.bonus),
            checks,
            bool(gradebook.overrides(student)),
        )
        if checks or change.score_changed:
            found.changes.append(change)
    return found


def _pairs(
    gradebook: Gradebook, older: int | None, newer: int | None
) -> Iterator[tuple[tuple[str, str], Attempt | None, Attempt]]:
    for key, attempts in itertools.groupby(
        gradebook.attempts(), lambda attempt: (attempt.student, attempt.submission)
    ):
        before = after = None
        for attempt in attempts:  # by run
            if newer is not None and attempt.run > newer:
                continue
            if older is None:
                before = after
            elif attempt.run <= older:
                before = attempt
            after = attempt
        if after is not None and after is not before:
            yield key, before, after


def _checks(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[CheckChange]:
    old, new = _by_name(before), _by_name(after)
    for key in [*new, *(key for key in old if key not in new)]:
        then, now = old.get(key, {}), new.get(key, {})
        change = CheckChange(
            *key,
            (now or then)["title"],
            then.get("status", ""),
            now.get("status", ""),
            then.get("score"),
            now.get("score"),
            (then.get("diagnosis") or {}).get("id", ""),
            (now.get("diagnosis") or {}).get("id", ""),
        )
        if (change.before, change.score_before, change.mistake_before) != (
            change.after,
            change.score_after,
            change.mistake_after,
        ):
            yield change


def _by_name(result: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {
        (question["name"], check["name"]): check
        for question in result["questions"]
        for check in question["checks"]
    }
