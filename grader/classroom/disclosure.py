"""What a student may see of an official result, by the course's rules.

Everything that students read of official gradings asks here: the results for Gradescope, which
knows itself when a due date has passed, and the pages of a class, which are written at some time.
A check that is hidden is not there at all, and hides the total, as on Gradescope: what is left of
the points would tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grader.classroom.policies import Policies, Visibility, due_for
from grader.classroom.times import aware
from grader.results import add_points

Plain = Mapping[str, Any]


@dataclass(frozen=True)
class Disclosure:
    """What one student may see of one result.

    attempts: how often the student has handed in, this time included
    closed: whether their due date has passed, as far as whoever asks knows it
    """

    policies: Policies
    attempts: int = 1
    closed: bool = False

    def visibility_of(self, question: str, check: str) -> Visibility:
        """When the student sees a check: now, after the due date, or not at all."""
        rule = self.policies.visibility_of(question, check)
        if rule is Visibility.AFTER_DUE_DATE and self.closed:
            return Visibility.VISIBLE
        return rule

    def shows(self, question: str, check: str) -> bool:
        """Whether the student sees a check now."""
        return self.visibility_of(question, check) is Visibility.VISIBLE

    @property
    def shows_diagnoses(self) -> bool:
        """Whether the student reads which mistake explains a failure."""
        return self.policies.shows_diagnoses(self.attempts)


def disclosure_to(
    policies: Policies, details: Mapping[str, Any], attempts: int, now: datetime
) -> Disclosure:
    """What a student may see at that time; details: theirs, from the roster (`extension`).

    Their due date has passed when nothing that is handed in can be on time any more, nor, where
    late work is accepted until some day, be accepted. Without a due date it never has.
    """
    due = due_for(policies, details)
    if due is None:
        return Disclosure(policies, attempts)
    end = max(due, policies.accepted_until or due) + policies.late_grace
    return Disclosure(policies, attempts, aware(now) > end)


def shown_to_student(result: Plain, disclosure: Disclosure) -> dict[str, Any]:
    """The part of a result, schema 1, that the student may see.

    Questions count what is shown of them; those of which nothing is are left out. The totals are
    null if anything is hidden.
    """
    questions = [{**question, **_shown(question, disclosure)} for question in result["questions"]]
    shown = {**result, "questions": [question for question in questions if question["checks"]]}
    if any(
        not disclosure.shows(question["name"], check["name"])
        for question in result["questions"]
        for check in question["checks"]
    ):
        shown.update(score=None, bonus=None)
    return shown


def _shown(question: Plain, disclosure: Disclosure) -> dict[str, Any]:
    checks = [
        check if disclosure.shows_diagnoses else {**check, "diagnosis": None}
        for check in question["checks"]
        if disclosure.shows(question["name"], check["name"])
    ]
    if len(checks) == len(question["checks"]):
        return {"checks": checks}
    return {
        "checks": checks,
        "score": add_points([check["score"] for check in checks]),
        "max_score": add_points([check["max_score"] for check in checks]),
    }
