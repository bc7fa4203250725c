"""Grading again what has been graded, after a mistake was found in a check, or in the grader.

A regrade is a run of its own, with its own seed and reason; what came before stays. Where only some
questions are graded again, an attempt still holds a complete result: the other questions' results
are those of the attempt before, and `origins` says in which run each of them was graded, so that
every part of it can be replayed with the inputs that it really had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.classroom.gradebook import Gradebook
from grader.classroom.grading import (
    Progress,
    Tally,
    finish,
    grade_in,
    grader_digest,
    now,
)
from grader.classroom.records import Attempt, Delivery, Run, Scope
from grader.classroom.worker import Setup
from grader.manifest import Manifest, load_manifest
from grader.project import Project
from grader.results import Status, add_points


def regrade(
    project: Project,
    gradebook: Gradebook,
    scope: Scope,
    *,
    reason: str,
    seed: int,
    workers: int,
    allow_weak_isolation: bool = False,
    progress: Progress = lambda tally: None,
) -> tuple[Run | None, Tally]:
    """Grade again what `scope` names; a regrade of the same that was interrupted is gone on with.

    seed: of a new run; one that is gone on with keeps its own.
    """
    wanted = list(_wanted(gradebook, scope))
    run, left = gradebook.join_run(
        grader_digest(project), seed, reason, now(), wanted, scope=scope, again=True
    )
    tally = Tally(total=len(left))
    progress(tally)
    if run is None:
        return None, tally
    manifest = load_manifest(project.manifest)
    partly: list[Delivery] = []
    wholly: list[Delivery] = []
    for delivery in left:
        before = last_attempt(gradebook, delivery, run.number) if scope.questions else None
        can = before is not None and fits(before, manifest, scope.questions)
        (partly if can else wholly).append(delivery)

    def complete(attempt: Attempt) -> Attempt:
        delivery = Delivery(attempt.student, attempt.submission, "")
        before = last_attempt(gradebook, delivery, run.number)
        assert before is not None
        return taken_over(attempt, before, manifest)

    root = str(project.root.resolve())
    setup = Setup(root, run.seed, (), allow_weak_isolation)
    grade_in(gradebook, run, setup, wholly, workers, tally, progress)
    setup = replace(setup, questions=scope.questions)
    grade_in(gradebook, run, setup, partly, workers, tally, progress, complete)
    finish(gradebook, run, tally)
    return run, tally


def _wanted(gradebook: Gradebook, scope: Scope) -> Iterator[Delivery]:
    failed = withheld(gradebook) if scope.withheld else set()
    for delivery in gradebook.deliveries():
        if scope.students and delivery.student not in scope.students:
            continue
        if scope.withheld and (delivery.student, delivery.submission) not in failed:
            continue
        yield delivery


def withheld(gradebook: Gradebook) -> set[tuple[str, str]]:
    """(student, submission) of every score that the grader could not give when it last tried."""
    found = set()
    for attempt in gradebook.attempts():  # by run
        key = (attempt.student, attempt.submission)
        if _has_errors(attempt):
            found.add(key)
        else:
            found.discard(key)
    return found


def _has_errors(attempt: Attempt) -> bool:
    return any(
        check["status"] == Status.ERROR
        for question in attempt.result["questions"]
        for check in question["checks"]
    )


def last_attempt(gradebook: Gradebook, delivery: Delivery, before_run: int) -> Attempt | None:
    """The newest attempt at a delivery from before a run."""
    found = None
    for attempt in gradebook.attempts(delivery.student):  # by run
        if attempt.submission == delivery.submission and attempt.run < before_run:
            found = attempt
    return found


def fits(attempt: Attempt, manifest: Manifest, regraded: Sequence[str]) -> bool:
    """Whether an attempt has all other questions, for the points that they are worth now."""
    there = {q["name"]: (q["max_score"], q["bonus"]) for q in attempt.result["questions"]}
    return all(
        there.get(question.name) == (question.points, question.bonus)
        for question in manifest.questions
        if question.name not in regraded
    )


def taken_over(attempt: Attempt, before: Attempt, manifest: Manifest) -> Attempt:
    """A complete attempt: what was graded now, and the other questions from the attempt before."""
    fresh = {question["name"]: question for question in attempt.result["questions"]}
    old = {question["name"]: question for question in before.result["questions"]}
    names = [question.name for question in manifest.questions]
    questions = [fresh.get(name) or old[name] for name in names]
    layers = before.result["isolation"]
    result = {
        **attempt.result,
        "questions": questions,
        "isolation": [layer for layer in attempt.result["isolation"] if layer in layers],
        **_totals(questions),
    }
    origins = {name: before.origins.get(name, before.run) for name in names if name not in fresh}
    totals = {key: result[key] for key in ("score", "max_score", "bonus", "max_bonus")}
    return replace(attempt, result=result, origins=origins, **totals)


def _totals(questions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    totals: dict[str, Any] = {}
    for key, most, bonus in (("score", "max_score", False), ("bonus", "max_bonus", True)):
        of = [question for question in questions if question["bonus"] is bonus]
        totals[key] = add_points([question["score"] for question in of])
        totals[most] = add_points([question["max_score"] for question in of])
    return totals
