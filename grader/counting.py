"""Points: from the outcomes of checks to the results of questions."""

from __future__ import annotations

from grader.judging import Judge
from grader.manifest import Manifest, Question
from grader.results import CheckResult, QuestionResult, Status, add_points, share_points


def count_questions(judge: Judge) -> list[QuestionResult]:
    """The result of every question that was asked for and run, in the manifest's order."""
    run = {spec.question for spec in judge.specs.values()} & {q for q, _ in judge.outcomes}
    return [
        _count_question(judge.manifest, question, judge)
        for question in judge.manifest.questions
        if question.name in judge.selected and question.name in run
    ]


def _count_question(manifest: Manifest, question: Question, judge: Judge) -> QuestionResult:
    specs = sorted(
        (spec for spec in judge.all_specs if spec.question == question.name),
        key=lambda spec: spec.rank,
    )
    shares = share_points(question.points, [spec.weight for spec in specs])
    main = specs[0]
    found = judge.outcomes.get((question.name, main.name))
    # Run alone, an edge check counts by itself.
    earned_something = found is None or found.status is Status.PASSED
    checks = []
    for spec, share in zip(specs, shares, strict=True):
        outcome = judge.outcomes.get((question.name, spec.name))
        if outcome is None:  # not asked for
            continue
        notes = list(outcome.notes)
        score: float | None = share if outcome.status is Status.PASSED else 0.0
        if outcome.status is Status.ERROR:
            score = None
        elif outcome.status is Status.PASSED and spec.after_main and not earned_something:
            score = 0.0
            notes.append(manifest.say("not_counted", check=main.title))
        checks.append(
            CheckResult(
                name=spec.name,
                title=spec.title,
                status=outcome.status,
                score=score,
                max_score=share,
                seconds=round(outcome.seconds, 4),
                message=printable(outcome.message),
                relative_error=outcome.error,
                diagnosis=outcome.diagnosis,
                notes=notes,
            )
        )
    return QuestionResult(
        name=question.name,
        title=question.title,
        score=add_points([check.score for check in checks]),
        max_score=add_points([check.max_score for check in checks]) or 0.0,
        bonus=question.bonus,
        checks=checks,
    )


def printable(text: str) -> str:
    """Text without control characters: nothing a student prints may steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text.expandtabs(4))
