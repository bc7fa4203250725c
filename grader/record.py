"""Making the recordings of `grader/expected/` from the solutions and the checks.

For every check: its random draws, the reference's answers, and what the question's known wrong
answers give. Outputs, never code: the files are shipped to students.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.diagnose import LiveMistakes, load_wrong_answers
from grader.grading import run_checks
from grader.judging import Judge
from grader.manifest import Manifest
from grader.project import Project
from grader.recordings import Recording, Witness
from grader.reference import OracleError, RecordingSource, load_solutions
from grader.results import Status
from grader.student.local import LocalRunner

RECORDING_SEED = 231  # practice inputs; any number will do, as long as it stays
SAME = 1e-10  # by how much two machines' recordings may differ: BLAS kernels do, in the last bits


class RecordingJudge(Judge):
    """Runs every check with the solutions while taping it, then with the wrong answers."""

    def __init__(self, project: Project, manifest: Manifest) -> None:
        self.functions = load_solutions(project, manifest)
        self.tape_source = RecordingSource(self.functions, manifest)
        super().__init__(manifest, self.tape_source)
        wrong = load_wrong_answers(project.solutions / "wrong_answers", manifest)
        self.live = LiveMistakes(manifest, self.functions, wrong)
        self.witnesses: dict[str, dict[str, Witness]] = {}  # by mistake, then by check

    def judge(
        self, item: pytest.Item, function: Callable[..., None], arguments: Mapping[str, Any]
    ) -> None:
        """Tape the check; then see where each wrong answer of its question fails first."""
        super().judge(item, function, arguments)
        spec = self.specs[item.nodeid]
        outcome = self.outcomes[spec.question, spec.name]
        if outcome.status is not Status.PASSED:
            raise OracleError(
                f"the solution fails its own check: {spec.question}: {spec.name}: {outcome.message}"
            )
        tape = self.tape_source.tapes[spec.question][spec.name]
        draws, answers = len(tape.draws), len(tape.answers)
        for mistake in self.live.of(spec.question):
            rerun = functools.partial(self.rerun, item, function, arguments)
            first, again = (self.live.observe(mistake, rerun) for _ in range(2))
            # A random result (dropout's) is no witness: it would be another at every build.
            if first and again and np.array_equal(first.got, again.got, equal_nan=True):
                self.witnesses.setdefault(mistake.id, {})[spec.name] = first
            # A check runs for each wrong answer as for a student; the tape keeps the first run.
            del tape.draws[draws:], tape.answers[answers:]

    def recordings(self) -> dict[str, Recording]:
        """What was recorded, by question."""
        result = {}
        for question in self.manifest.questions:
            mistakes = [
                replace(mistake, witnesses=self.witnesses.get(mistake.id, {}))
                for mistake in self.live.of(question.name)
            ]
            tapes = self.tape_source.tapes.get(question.name, {})
            result[question.name] = Recording(tapes, mistakes)
        return result


def record(project: Project, manifest: Manifest) -> dict[str, Recording]:
    """The recording of every question; OracleError where a solution fails its own check."""
    judge = RecordingJudge(project, manifest)

    def body(rerun: Callable[[], None]) -> None:
        judge.begin(LocalRunner(judge.functions), RECORDING_SEED)
        rerun()

    run_checks(project, judge, body)
    return judge.recordings()
