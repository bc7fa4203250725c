"""Law 7: the checks notice every change of a solution that changes what it computes.

And they notice it in practice mode as in official mode, check by check (the part of law 5 that is
about mutants). Each mutant stands in for its function and meets the checks of the questions that it
concerns, in practice mode and with each seed. That happens in worker processes, so that a mutant
that hangs takes nothing with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

from grader.laws.court import Verdict
from grader.laws.equivalents import EQUIVALENTS, Equivalent, read_equivalents
from grader.laws.mutation import Mutant, mutants_of
from grader.laws.workers import Workers
from grader.manifest import load_manifest
from grader.project import Project

Progress = Callable[[int, int], None]


@dataclass
class Census:
    """What became of all mutants."""

    killed: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)
    survived: list[Mutant] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)  # how the killed ones ended
    compared: int = 0  # met the checks in both modes
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        killed, equivalent, survived = map(len, (self.killed, self.equivalent, self.survived))
        return (
            f"{killed + equivalent + survived} mutants, {killed} killed, "
            f"{equivalent} equivalent (listed), {survived} survived"
        )


def no_mutant_survives(project: Project, progress: Progress = lambda done, of: None) -> Census:
    """No change of a solution goes unnoticed by the checks, and both modes notice the same

    But for those that compute the same or something as right, which are listed.
    """
    manifest = load_manifest(project.manifest)
    mutants = mutants_of(project, manifest)
    listed = read_equivalents(project.solutions / EQUIVALENTS)
    with closing(Workers(project)) as workers:
        verdicts = judge_all(workers, mutants, progress)
    return take_census(mutants, verdicts, listed)


def judge_all(
    workers: Workers, mutants: Sequence[Mutant], progress: Progress = lambda done, of: None
) -> list[Verdict]:
    """The verdict on each mutant, in order."""
    verdicts: list[Verdict] = []
    pool = ThreadPoolExecutor(len(workers))
    try:
        for verdict in pool.map(workers.judge, mutants):
            verdicts.append(verdict)
            progress(len(verdicts), len(mutants))
    finally:
        pool.shutdown(cancel_futures=True)
    return verdicts


def take_census(
    mutants: Sequence[Mutant], verdicts: Sequence[Verdict], listed: Sequence[Equivalent]
) -> Census:
    """Who was killed and who survived, and what is wrong with that or with the list."""
    census = Census()
    excused: dict[Mutant, Equivalent] = {}
    for entry in listed:
        found = [mutant for mutant in mutants if entry.is_of(mutant)]
        excused |= dict.fromkeys(found, entry)
        if len(found) != 1:
            count = f"{len(found)} mutants are" if found else "no mutant is"
            census.complaints.append(f"{EQUIVALENTS}: {count} what it lists for {entry}")
    for mutant, verdict in zip(mutants, verdicts, strict=True):
        census.compared += verdict.compared
        if verdict.disagreements:
            told = "; ".join(verdict.disagreements)
            lines = [f"{mutant.function} ({mutant.operator}): {told}", *mutant.diff]
            census.complaints.append("\n    ".join(lines))
        if mutant in excused:
            census.equivalent.append(mutant)
            for told in (*verdict.failed, *verdict.faults)[:1]:
                census.complaints.append(
                    f"{EQUIVALENTS}: not equivalent, it fails {told}: {excused[mutant]}"
                )
        elif verdict.is_killed:
            census.killed.append(mutant)
            census.ways[verdict.how] += 1
        else:
            census.survived.append(mutant)
            lines = [f"{mutant.function} ({mutant.operator}) {verdict}", *mutant.diff]
            census.complaints.append("\n    ".join(lines))
    return census
