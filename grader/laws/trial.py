"""Trials: the checks run on functions of the grader's own, in this process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from grader.counting import count_questions
from grader.grading import make_judge
from grader.manifest import Manifest
from grader.outcomes import Outcome
from grader.project import Project
from grader.results import QuestionResult
from grader.running import Rerun, run_checks
from grader.student.local import LocalRunner

Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Trial:
    """What one set of functions came to."""

    questions: dict[str, QuestionResult]
    outcomes: list[Outcome]

    def lost(self, question: str) -> float:
        """The points that a question lost."""
        result = self.questions[question]
        return result.max_score - (result.score or 0.0)

    def of(self, question: str) -> list[Outcome]:
        """The outcomes of a question's checks."""
        return [outcome for outcome in self.outcomes if outcome.spec.question == question]


def affected_by(manifest: Manifest, function: str) -> tuple[str, ...]:
    """The question of a function, and those that use it."""
    affected = {manifest.functions[function].question}
    for question in manifest.questions:  # in order: what is used comes before
        if affected.intersection(question.uses):
            affected.add(question.name)
    return tuple(q.name for q in manifest.questions if q.name in affected)


class Try(Protocol):
    """Tries functions on the checks of some questions, on the inputs of a seed."""

    def __call__(self, functions: Functions, seed: int, questions: Collection[str]) -> Trial: ...


def with_trials(
    project: Project, manifest: Manifest, *, official: bool, body: Callable[[Try], None]
) -> None:
    """Call `body(attempt)` while the checks are collected."""
    judge = make_judge(project, manifest, official=official)

    def collected(rerun: Rerun) -> None:
        def attempt(functions: Functions, seed: int, questions: Collection[str]) -> Trial:
            judge.begin(LocalRunner(functions), seed)
            rerun(judge.with_prerequisites(questions))
            judge.finish()
            results = {q.name: q for q in count_questions(judge) if q.name in questions}
            outcomes = [o for o in judge.outcomes.values() if o.spec.question in questions]
            return Trial(results, outcomes)

        body(attempt)

    run_checks(project, judge, collected)
