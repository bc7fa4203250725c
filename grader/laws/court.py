"""Trials of mutants: what all checks say of a changed function, in practice and officially."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest

from grader.answers import load_variants, load_wrong_answers
from grader.diagnose import LiveMistakes, Mistakes, RecordedMistakes
from grader.judging import Judge
from grader.laws.mutation import Mutant, run_in
from grader.laws.trial import affected_by
from grader.manifest import load_manifest
from grader.outcomes import Outcome
from grader.project import Project
from grader.reference import load_solutions
from grader.results import Status
from grader.running import GradingError, Rerun
from grader.sources import LiveSource, RecordedSource, Source
from grader.student.local import LocalRunner

SEEDS = (1, 2, 3)
CRASHED, HUNG, WRONG = "crash", "hang", "give something wrong"

Functions = Mapping[str, Callable[..., Any]]
Outcomes = dict[tuple[str, str], Outcome]  # by question and check


@dataclass(frozen=True)
class Verdict:
    """How the checks took a mutant.

    failed: by seed, the check that it did not pass
    survived: the seeds with which it passed all
    faults: the checks in which it made the grader itself fail, which tells nothing of it
    disagreements: the checks that say one thing in practice and another in official mode
    compared: whether it met them in both modes
    """

    how: str = WRONG
    failed: tuple[str, ...] = ()
    survived: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()
    disagreements: tuple[str, ...] = ()
    compared: bool = False

    @property
    def is_killed(self) -> bool:
        """Whether it was noticed with every seed."""
        return not self.survived and not self.faults

    def __str__(self) -> str:
        if self.faults:
            return f"makes the grader fail: {self.faults[0]}"
        if self.failed:
            return f"survives with seed {self.survived[0]}, elsewhere fails {self.failed[0]}"
        return "survives"


class _OfOneSeed(LiveMistakes):
    """Wrong answers that meet one seed only: there is nothing to forget."""

    def forget(self) -> None:
        """Nothing."""


class _TrialJudge(Judge):
    """Takes the solutions' outcomes of checks that have nothing to do with what is tried."""

    known: Mapping[tuple[str, str], Outcome] = MappingProxyType({})

    def judge(
        self, item: pytest.Item, function: Callable[..., None], arguments: Mapping[str, Any]
    ) -> None:
        spec = self.specs[item.nodeid]
        known = self.known.get((spec.question, spec.name))
        if known is None:
            super().judge(item, function, arguments)
        else:
            self.outcomes[spec.question, spec.name] = known


@dataclass(frozen=True)
class _Mode:
    """Practice, or official with a seed: where a judge takes inputs, answers and mistakes from."""

    name: str
    seed: int
    source: Source
    mistakes: Mistakes


class Court:
    """Tries functions on the checks in practice mode and with each seed, in this process."""

    def __init__(self, project: Project) -> None:
        self.manifest = load_manifest(project.manifest)
        self.solutions = load_solutions(project, self.manifest)
        recorded = RecordedSource(project.expected, self.manifest)
        self.practice = _Mode("practice", 0, recorded, RecordedMistakes(recorded))
        variants = {a.variant: a.run for a in load_variants(project, self.manifest)}
        live = {seed: LiveSource(self.solutions, self.manifest, variants) for seed in SEEDS}
        wrong = load_wrong_answers(project, self.manifest)
        self.official = [
            _Mode(f"seed {seed}", seed, source, _OfOneSeed(self.manifest, self.solutions, wrong))
            for seed, source in live.items()
        ]
        self.judge = _TrialJudge(self.manifest, live[SEEDS[0]])
        self.right: dict[str, Outcomes] = {}  # the solutions', by mode

    def prepare(self, rerun: Rerun) -> None:
        """Let the solutions pass first; GradingError if they do not."""
        everything = tuple(question.name for question in self.manifest.questions)
        for mode in (*self.official, self.practice):
            outcomes = self._try(rerun, mode, self.solutions, everything)
            for outcome in outcomes.values():
                if outcome.status is not Status.PASSED:
                    where = f"{outcome.spec.question}: {outcome.spec.name}, {mode.name}"
                    raise GradingError(f"the solutions fail {where}: {outcome.message}")
            self.right[mode.name] = outcomes

    def verdict(self, rerun: Rerun, mutant: Mutant) -> Verdict:
        """What the checks say of a mutant."""
        changed = run_in(self.solutions[mutant.function].__globals__, mutant)
        functions = {**self.solutions, mutant.function: changed}
        questions = affected_by(self.manifest, mutant.function)
        how, failed, survived, faults = WRONG, [], [], []
        practice = self._try(rerun, self.practice, functions, questions)
        disagreements: list[str] = []
        for mode in self.official:
            outcomes = self._try(rerun, mode, functions, questions)
            failure = next((o for o in outcomes.values() if o.status is not Status.PASSED), None)
            if failure is None:
                survived.append(mode.seed)
            elif failure.status is Status.ERROR:
                faults.append(failure.message)
            else:
                failed.append(f"{failure.spec.question}: {failure.spec.name}, {mode.name}")
            if failure is not None and failure.status is Status.CRASHED:
                how = CRASHED
            disagreements += _disagreements(practice, outcomes, mode.name)
        return Verdict(
            how, tuple(failed), tuple(survived), tuple(faults), tuple(disagreements), compared=True
        )

    def _try(
        self, rerun: Rerun, mode: _Mode, functions: Functions, questions: tuple[str, ...]
    ) -> Outcomes:
        """The outcomes of the checks of these questions, the only ones that are affected.

        A check of a later question that says what it needs, and needs none of them, has nothing to
        do with the change.
        """
        judge, right = self.judge, self.right.get(mode.name, {})
        judge.source, judge.mistakes = mode.source, mode.mistakes
        judge.known = {
            (question, check): outcome
            for (question, check), outcome in right.items()
            if question != questions[0]
            and outcome.spec.needs
            and not set(outcome.spec.needs).intersection(questions)
        }
        judge.begin(LocalRunner(functions), mode.seed)
        judge.outcomes |= {key: o for key, o in right.items() if key[0] not in questions}
        rerun(questions)
        return {key: o for key, o in judge.outcomes.items() if key[0] in questions}


def _disagreements(practice: Outcomes, official: Outcomes, name: str) -> list[str]:
    """Where the two modes do not say the same.

    The statuses must be the same, and not only whether a check passed: then the scores are, and so
    is what a student reads first. Checks of what is random are no exception. They compare shares of
    so many units that a mask decides one time in 1e9; a mutant whose share is that close to the
    bound would survive with some seeds.
    """
    return [
        f"{question}: {check} is {found.status} in practice and "
        f"{official[question, check].status} with {name}"
        for (question, check), found in practice.items()
        if found.status is not official[question, check].status
    ]
