"""Reaching a verdict again, from the bytes and the seed in the gradebook."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.classroom.gradebook import Gradebook
from grader.classroom.grades import Grade, final_grade
from grader.classroom.grading import grader_digest, task_of
from grader.classroom.policies import Policies
from grader.classroom.records import Attempt, Delivery, Run
from grader.commands import UsageError
from grader.grading import Session
from grader.intake.names import shown
from grader.project import Project
from grader.results import this_environment, to_dict

SHORTEST = 4  # digits of a digest


@dataclass(frozen=True)
class Part:
    """The questions of an attempt that one run has graded, and with what."""

    run: Run
    questions: tuple[str, ...]
    environment: Mapping[str, Any]


@dataclass(frozen=True)
class CheckReplay:
    """A check as it was judged then and now; None if it is not there."""

    question: str
    name: str
    then: Mapping[str, Any] | None
    now: Mapping[str, Any] | None

    @property
    def same(self) -> bool:
        """Whether it has the same status, points and known mistake."""
        return _verdict(self.then) == _verdict(self.now)


@dataclass(frozen=True)
class Replay:
    """An attempt, what comes of grading it again, and what it means for the grade."""

    attempt: Attempt
    delivery: Delivery
    grade: Grade
    runs: Sequence[int]  # of all attempts at this submission
    parts: Sequence[Part]  # the attempt's own run first
    checks: Sequence[CheckReplay]
    grader: str  # its digest now
    environment: Mapping[str, Any]  # now
    isolation: Sequence[str]  # now

    @property
    def different(self) -> list[CheckReplay]:
        """The checks whose verdict is another one now."""
        return [check for check in self.checks if not check.same]

    @property
    def counts(self) -> bool:
        """Whether the student's grade comes from this attempt."""
        chosen = self.grade.attempt
        own = (self.attempt.submission, self.attempt.run)
        return chosen is not None and (chosen.submission, chosen.run) == own


def find_attempt(gradebook: Gradebook, policies: Policies, id: str) -> Attempt:
    """The attempt that is meant by a student, `student:run`, or the beginning of a digest.

    Of a student it is the attempt that counts, of a submission the last one. UsageError if there is
    none, or more than one student has handed in those files.
    """
    students = {student.id for student in gradebook.students()}
    if id in students:
        chosen = final_grade(gradebook, policies, id).attempt
        if chosen is None:
            raise UsageError(f"Nothing of {shown(id)} has been graded.")
        return chosen
    student, _, run = id.rpartition(":")
    if student in students and run.isdecimal():
        return _in_run(gradebook, student, int(run))
    digits = id.removeprefix("sha256:").lower()
    found = [
        one
        for one in gradebook.deliveries()
        if len(digits) >= SHORTEST and one.submission.removeprefix("sha256:").startswith(digits)
    ]
    if not found:
        raise UsageError(
            f"There is no student and no submission {shown(id)}. Give a student, a student and a "
            f"run as student:2, or the first {SHORTEST} or more digits of a submission's digest."
        )
    if len({one.submission for one in found}) > 1:
        raise UsageError(f"{len(found)} submissions begin with {shown(id)}. Give more digits.")
    if len(found) > 1:
        names = ", ".join(shown(one.student) for one in found)
        raise UsageError(f"{names} have handed in {shown(id)}. Give one of them.")
    attempts = [a for a in gradebook.attempts(found[0].student) if _is_at(a, found[0])]
    if not attempts:
        raise UsageError(f"{shown(id)} has not been graded.")
    return attempts[-1]


def _in_run(gradebook: Gradebook, student: str, run: int) -> Attempt:
    """A student's attempt in a run; of several submissions the one handed in last."""
    attempts = {attempt.submission: attempt for attempt in _of(gradebook, student, run)}
    for delivery in reversed(gradebook.deliveries(student)):
        if delivery.submission in attempts:
            return attempts[delivery.submission]
    runs = sorted({attempt.run for attempt in gradebook.attempts(student)})
    there = f" It was graded in: {', '.join(map(str, runs))}." if runs else ""
    raise UsageError(f"Nothing of {shown(student)} was graded in run {run}.{there}")


def _of(gradebook: Gradebook, student: str, run: int) -> list[Attempt]:
    return [attempt for attempt in gradebook.attempts(student) if attempt.run == run]


def _is_at(attempt: Attempt, delivery: Delivery) -> bool:
    return attempt.submission == delivery.submission


def replay(
    project: Project,
    gradebook: Gradebook,
    policies: Policies,
    attempt: Attempt,
    *,
    allow_weak_isolation: bool = False,
) -> Replay:
    """Grade an attempt again as it was graded: each question with the seed of its own run."""
    attempts = [
        a for a in gradebook.attempts(attempt.student) if a.submission == attempt.submission
    ]
    by_run = {one.run: one for one in attempts}
    runs = {run.number: run for run in gradebook.runs()}
    task = task_of(gradebook, attempt.student, attempt.submission)
    parts, now, layers = [], {}, None
    for number, names in _questions_by_run(attempt).items():
        graded = by_run[number]
        # Only part of it was asked for if it took over the rest: then the same part is asked for.
        asked = runs[number].scope.questions if graded.origins else ()
        parts.append(Part(runs[number], names, graded.environment))
        with Session(
            project, official=True, questions=asked, allow_weak_isolation=allow_weak_isolation
        ) as session:
            result = to_dict(session.grade(task.handed_in, runs[number].seed).result)
        now.update({q["name"]: q for q in result["questions"] if q["name"] in names})
        layers = [one for one in result["isolation"] if layers is None or one in layers]
    (delivery,) = (one for one in gradebook.deliveries(attempt.student) if _is_at(attempt, one))
    return Replay(
        attempt,
        delivery,
        final_grade(gradebook, policies, attempt.student),
        sorted(by_run),
        parts,
        _compared(attempt.result["questions"], now),
        grader_digest(project),
        dataclasses.asdict(this_environment()),
        layers or [],
    )


def _questions_by_run(attempt: Attempt) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {attempt.run: ()}
    for question in attempt.result["questions"]:
        run = attempt.origins.get(question["name"], attempt.run)
        found[run] = (*found.get(run, ()), question["name"])
    return found


def _compared(
    then: Sequence[Mapping[str, Any]], now: Mapping[str, Mapping[str, Any]]
) -> list[CheckReplay]:
    checks = []
    for question in then:
        name = question["name"]
        old = {check["name"]: check for check in question["checks"]}
        new = {check["name"]: check for check in now.get(name, {}).get("checks", ())}
        for check in [*old, *(check for check in new if check not in old)]:
            checks.append(CheckReplay(name, check, old.get(check), new.get(check)))
    return checks


def _verdict(check: Mapping[str, Any] | None) -> tuple[Any, ...]:
    if check is None:
        return ()
    return check["status"], check["score"], (check["diagnosis"] or {}).get("id", "")
