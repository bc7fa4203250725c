"""Laws 4 and 5: wrong answers are caught and named, other correct forms are not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.answers import load_variants, load_wrong_answers
from grader.diagnose import Known
from grader.laws.trial import Trial, Try, affected_by, with_trials
from grader.manifest import Function, Manifest, load_manifest
from grader.pairs import pairs_of
from grader.project import Project
from grader.recordings import Pair
from grader.reference import load_solutions
from grader.results import Status

SEEDS = (1, 2)
Statuses = dict[tuple[str, str], Status]


def wrong_answers_are_caught(project: Project) -> list[str]:
    """Every wrong answer, and every pair, loses marks and is named; what computes nothing scores 0

    A pair may be told as one of its two, where that is what a check sees of it.
    """
    manifest = load_manifest(project.manifest)
    solutions = load_solutions(project, manifest)
    wrong_answers = load_wrong_answers(project, manifest)
    wrong: list[tuple[Known, Callable[..., Any]]] = [
        *((each.mistake, each.run) for each in wrong_answers),
        *((each.pair, each.run) for each in pairs_of(solutions, wrong_answers)),
    ]
    complaints: list[str] = []

    def body(attempt: Try) -> None:
        trials: dict[str, Trial] = {}
        for known, run in wrong:
            own = manifest.functions[known.function].question
            trials[known.id] = attempt({**solutions, known.function: run}, 1, [own])
        for known, _ in wrong:
            complaints.extend(_unless_caught(manifest, known, trials))
        everything = [question.name for question in manifest.questions]
        for name, functions in _trivial_submissions(manifest):
            scored = attempt(functions, 1, everything)
            complaints.extend(
                f"{name} scores {question.score} in {question.name}"
                for question in scored.questions.values()
                if question.score != 0
            )

    for official in (False, True):
        with_trials(project, manifest, official=official, body=body)
    return sorted(set(complaints))


def variants_are_accepted(project: Project) -> list[str]:
    """Accepted variants get full marks, and both modes agree on every answer they can judge"""
    manifest = load_manifest(project.manifest)
    solutions = load_solutions(project, manifest)
    candidates: list[tuple[str, str, Callable[..., Any], bool]] = [
        *(
            (a.variant.id, a.variant.function, a.run, True)
            for a in load_variants(project, manifest)
        ),
        *(
            (wrong.mistake.id, wrong.mistake.function, wrong.run, False)
            for wrong in load_wrong_answers(project, manifest)
        ),
    ]
    statuses: dict[str, list[Statuses]] = defaultdict(list)
    complaints: list[str] = []

    def body(seeds: tuple[int, ...], attempt: Try) -> None:
        for name, function, run, accepted in candidates:
            for seed in seeds:
                questions = affected_by(manifest, function)
                trial = attempt({**solutions, function: run}, seed, questions)
                statuses[name].append(
                    {(o.spec.question, o.spec.name): o.status for o in trial.outcomes}
                )
                if accepted:
                    complaints.extend(
                        f"{name} (seed {seed}): {o.spec.question}: {o.spec.name}: {o.message}"
                        for o in trial.outcomes
                        if o.status is not Status.PASSED
                    )

    with_trials(project, manifest, official=False, body=lambda attempt: body((0,), attempt))
    with_trials(project, manifest, official=True, body=lambda attempt: body(SEEDS, attempt))
    for name, (practice, *official) in statuses.items():
        for seed, found in zip(SEEDS, official, strict=True):
            complaints.extend(
                f"{name}: {check[0]}: {check[1]} is {practice[check]} in practice and "
                f"{found[check]} in official mode, seed {seed}"
                for check in practice
                if practice[check] != found[check]
            )
    return complaints


def _unless_caught(manifest: Manifest, known: Known, trials: dict[str, Trial]) -> Iterator[str]:
    own, trial = manifest.functions[known.function].question, trials[known.id]
    if trial.lost(own) <= 0:
        yield f"{known.id} loses nothing in {own}"
    told = {o.diagnosis.id for o in trial.of(own) if o.diagnosis is not None}
    parts = {known.first.id, known.second.id} if isinstance(known, Pair) else set()
    twins = {name for name, other in trials.items() if _same_failures(other, trial, own)}
    if not told & {known.id, *parts, *twins}:
        yield f"{known.id} is told as {', '.join(sorted(told)) or 'nothing'}"


def _same_failures(a: Trial, b: Trial, question: str) -> bool:
    """Whether two wrong answers give the same outputs, as far as the checks see."""
    failures = [[(o.spec.name, o.message) for o in trial.of(question)] for trial in (a, b)]
    return bool(failures[0]) and failures[0] == failures[1]


def _trivial_submissions(
    manifest: Manifest,
) -> Iterator[tuple[str, dict[str, Callable[..., Any]]]]:
    """Submissions that compute nothing: every function gives back what it got, zeros, or ones."""
    styles: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "identity": lambda x: x,
        "zeros": np.zeros_like,
        "constants": np.ones_like,
    }
    for name, style in styles.items():
        yield name, {f.name: _trivial(f, style) for f in manifest.functions.values()}


def _trivial(function: Function, style: Callable[[np.ndarray], np.ndarray]) -> Callable[..., Any]:
    def answer(*arguments: Any) -> Any:
        given = dict(zip(function.arguments, arguments, strict=False))
        results = []
        for position, name in enumerate(function.results):
            if name in given:
                results.append(given[name] if given[name] is not None else {})
            elif name in function.stays:
                results.append(None)
            else:  # the first result is shaped like the first argument, parameters like a row of it
                results.append(style(arguments[0] if position == 0 else arguments[0][0]))
        return tuple(results) if len(results) > 1 else results[0]

    return answer
