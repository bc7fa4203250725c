"""What a student gets in the end: the attempt that counts, less its penalty, and corrections.

The score as it was measured, what was taken off, and what a person changed stay apart, and every
step has a sentence, so that a grade can be explained.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from grader.classroom.gradebook import Gradebook
from grader.classroom.marking import Manual, manual_of
from grader.classroom.policies import Counts, Policies, late_penalty
from grader.classroom.records import Attempt, Delivery, Student
from grader.reports.corrections import Corrections, Override
from grader.results import add_points

Penalties = Mapping[tuple[str, str], tuple[float, str]]


@dataclass(frozen=True)
class Candidate:
    """An attempt that may count, with what lateness makes of it."""

    attempt: Attempt
    submitted_at: datetime | None = None
    on_time: bool = True
    accepted: bool = True
    penalty: float = 0.0
    reason: str = ""

    @property
    def points(self) -> float:
        """The score that is left; what was not accepted has none."""
        return max(0.0, (self.attempt.score or 0.0) - self.penalty) if self.accepted else 0.0


@dataclass(frozen=True)
class Grade:
    """The grade of one student.

    raw: the score as measured; None if there is none
    penalty: taken off for lateness
    override: the score in place of `raw`, where a person has corrected a question or the total
    total: what is exported; None if nothing was handed in, or the score is withheld
    bonus: apart from the total, unless the course counts it in
    questions: the score of each, with corrections
    overrides: the corrections that were used, in the order in which they were made
    manual: what persons gave for answers; part of the total if it counts
    """

    student: Student
    raw: float | None
    penalty: float
    override: float | None
    total: float | None
    bonus: float | None
    attempt: Attempt | None
    reasons: tuple[str, ...] = ()
    questions: Mapping[str, float | None] = field(default_factory=dict)
    submitted_at: datetime | None = None
    penalty_reason: str = ""
    overrides: tuple[Override, ...] = ()
    manual: Manual = field(default_factory=Manual)
    manual_counts: bool = False

    @property
    def corrections(self) -> Corrections:
        """What stands between the attempt's score and the total, for a report.

        A total that a person gave is not reduced, so nothing was taken off.
        """
        final = any(not override.question for override in self.overrides)
        penalty = 0.0 if final else self.penalty
        manual = self.manual.points if self.manual_counts and not final else None
        return Corrections(self.total, penalty, self.penalty_reason, self.overrides, manual)

    @property
    def result(self) -> dict[str, Any] | None:
        """The attempt's result, schema 1, with what persons gave; None if there is none."""
        if self.attempt is None:
            return None
        scores = [dataclasses.asdict(score) for score in self.manual.scores]
        return {**self.attempt.result, "manual": scores}

    @property
    def withheld(self) -> bool:
        """Whether there is a submission but no score, because the grader itself failed."""
        return self.attempt is not None and self.total is None


def attempt_that_counts(policies: Policies, candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that the course's rule chooses; None if there is none.

    What was not accepted counts only where there is nothing else. An unknown time comes before
    every known one; where that leaves a choice, the submission that was graded last is the last.
    "best" cannot be told while the score of one is withheld, so that one counts until it is graded
    again.
    """
    chosen: Iterable[Candidate] = [one for one in candidates if one.accepted] or candidates
    if policies.counts is Counts.LAST_ON_TIME:
        chosen = [one for one in chosen if one.on_time] or chosen
    in_order = sorted(chosen, key=_moment)
    if not in_order:
        return None
    if policies.counts is not Counts.BEST:
        return in_order[-1]
    withheld = [one for one in in_order if one.attempt.score is None]
    # max() gives the first of equals: the earliest.
    return withheld[-1] if withheld else max(in_order, key=_worth)


def penalties(gradebook: Gradebook, policies: Policies) -> Iterator[tuple[str, str, float, str]]:
    """The late penalties of a class, for `Gradebook.set_penalties`."""
    details = {student.id: student.details for student in gradebook.students()}
    maxima = gradebook.max_scores()
    for delivery in gradebook.deliveries():
        key = (delivery.student, delivery.submission)
        if key in maxima:
            late = late_penalty(
                policies, _time(delivery), maxima[key], details.get(delivery.student)
            )
            if late.days:
                yield *key, late.points, late.reason


def final_grade(gradebook: Gradebook, policies: Policies, student: Student | str) -> Grade:
    """A student's grade by the penalties and corrections in the gradebook.

    KeyError if the gradebook has no such student.
    """
    return _grade(gradebook, policies, _known(gradebook, student), gradebook.penalties())


def final_grades(gradebook: Gradebook, policies: Policies) -> Iterator[Grade]:
    """The grades of the class, by student."""
    found = gradebook.penalties()
    for student in gradebook.students():
        yield _grade(gradebook, policies, student, found)


def _known(gradebook: Gradebook, student: Student | str) -> Student:
    if isinstance(student, Student):
        return student
    return {one.id: one for one in gradebook.students()}[student]


def _grade(gradebook: Gradebook, policies: Policies, student: Student, found: Penalties) -> Grade:
    candidates = _candidates(gradebook, policies, student, found)
    chosen = attempt_that_counts(policies, candidates)
    attempt = chosen.attempt if chosen else None
    reasons = list(_explained(policies, candidates, chosen))
    corrections = _Corrections(attempt)
    manual = manual_of(gradebook, policies, student)
    if manual.waiting:
        many = f"{manual.waiting} answer{'s are' if manual.waiting > 1 else ' is'}"
        reasons.append(f"{many} not marked yet.")
    for row in gradebook.overrides(student.id):
        given = Override(row["score"], row["author"], row["reason"], row["question"])
        reasons.append(corrections.take(given))
    raw = attempt.score if attempt else None
    penalty = chosen.penalty if chosen else 0.0
    score, bonus = corrections.score, corrections.bonus
    override = score if corrections.given else None
    total = corrections.total
    if total is not None:
        override = total
        if penalty:
            reasons.append("The penalty does not change a total that a person gave.")
    elif score is not None:
        accepted = chosen is None or chosen.accepted
        total = max(0.0, round(score - penalty, 2)) if accepted else 0.0
        bonus = bonus if accepted else 0.0
        if bonus is not None and policies.bonus_counts:
            total = round(total + bonus, 2)
        if policies.manual_counts:
            total = round(total + manual.points, 2)
            most = f"{policies.manual_points:g}"
            reasons.append(f"{manual.points:g} of {most} points for answers are counted in.")
    return Grade(
        *(student, raw, penalty, override, total, bonus, attempt, tuple(reasons)),
        corrections.questions,
        chosen.submitted_at if chosen else None,
        chosen.reason if chosen else "",
        tuple(corrections.used),
        manual,
        policies.manual_counts,
    )


class _Corrections:
    """A student's scores by question, as a person's corrections leave them; the last one counts."""

    def __init__(self, attempt: Attempt | None) -> None:
        parts = attempt.result["questions"] if attempt else []
        self.questions: dict[str, float | None] = {part["name"]: part["score"] for part in parts}
        self._bonus = {part["name"] for part in parts if part["bonus"]}
        self._attempt = attempt
        self.total: float | None = None
        self.given = False
        self.used: list[Override] = []

    def take(self, override: Override) -> str:
        """Apply a correction; what it did."""
        question, score = override.question, override.score
        said = f"{score:g}, given by {override.author}: {override.reason}"
        if question and question not in self.questions:
            return f"Not used, for the attempt has no question {question}: {said}"
        self.used.append(override)
        if not question:
            self.total = score
            return f"Total: {said}"
        self.questions[question] = score
        self.given = self.given or question not in self._bonus
        return f"{question}: {said}"

    @property
    def score(self) -> float | None:
        """The sum over the questions; None if one is withheld, or nothing was handed in."""
        return self._sum(bonus=False) if self._attempt else None

    @property
    def bonus(self) -> float | None:
        return self._sum(bonus=True) if self._attempt else None

    def _sum(self, *, bonus: bool) -> float | None:
        return add_points(
            [s for name, s in self.questions.items() if (name in self._bonus) == bonus]
        )


def _candidates(
    gradebook: Gradebook, policies: Policies, student: Student, found: Penalties
) -> list[Candidate]:
    """The newest attempt at each of a student's submissions."""
    times = {one.submission: _time(one) for one in gradebook.deliveries(student.id)}
    newest: dict[str, Attempt] = {}
    for attempt in gradebook.attempts(student.id):  # by run
        newest[attempt.submission] = attempt
    candidates = []
    for attempt in newest.values():
        when = times.get(attempt.submission)
        late = late_penalty(policies, when, attempt.max_score, student.details)
        penalty, reason = found.get((student.id, attempt.submission), (0.0, ""))
        candidates.append(Candidate(attempt, when, not late.days, late.accepted, penalty, reason))
    return candidates


def _explained(
    policies: Policies, candidates: Sequence[Candidate], chosen: Candidate | None
) -> Iterator[str]:
    if chosen is None:
        yield "Nothing was handed in and graded."
        return
    if len(candidates) > 1:
        rule = {"best": "best", "last": "last", "last_on_time": "last one on time"}
        yield f"Of {len(candidates)} submissions the {rule[policies.counts]} counts."
    if chosen.attempt.score is None:
        yield "The score is withheld: the grader itself failed. Grade it again."
    if chosen.penalty:
        yield f"{chosen.penalty:g} points taken off: {chosen.reason}."
    if policies.due is not None and chosen.submitted_at is None:
        yield "When it was handed in is not known, so it is taken to be on time."


def _time(delivery: Delivery) -> datetime | None:
    text = delivery.submitted_at
    return datetime.fromisoformat(text) if text else None


def _moment(one: Candidate) -> tuple[bool, float, int, str]:
    when = one.submitted_at
    seconds = when.timestamp() if when is not None else 0.0
    return when is not None, seconds, one.attempt.run, one.attempt.submission


def _worth(one: Candidate) -> tuple[float, float]:
    return one.points, (one.attempt.bonus or 0.0) if one.accepted else 0.0
