"""Making the recordings of `grader/expected/` from the solutions and the checks.

For every check: its random draws, the reference's answers, and what the question's known wrong
answers give. Outputs, never code: the files are shipped to students.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from grader.answers import load_variants, load_wrong_answers
from grader.diagnose import Known, LiveMistakes, same_witness
from grader.judging import Judge
from grader.manifest import Manifest
from grader.outcomes import NEUTRAL
from grader.plugin import CheckSpec
from grader.project import Project
from grader.recordings import Mistake, Pair, Recording, Tape, Witness, differences
from grader.reference import (
    LiveReference,
    OracleError,
    RecordedDraws,
    RecordedReference,
    load_solutions,
)
from grader.results import Status
from grader.running import Rerun, run_checks
from grader.sources import RecordingSource, check_generator
from grader.student.functions import Student
from grader.student.local import LocalRunner

RECORDING_SEED = 231  # practice inputs; any number will do, as long as it stays
SAME = 1e-10  # by how much two machines' recordings may differ: BLAS kernels do, in the last bits


class RecordingJudge(Judge):
    """Runs every check with the solutions while taping it, then with the wrong answers."""

    def __init__(self, project: Project, manifest: Manifest) -> None:
        self.functions = load_solutions(project, manifest)
        self.tape_source = RecordingSource(self.functions, manifest)
        super().__init__(manifest, self.tape_source)
        self.live = LiveMistakes(manifest, self.functions, load_wrong_answers(project, manifest))
        self.accepted = load_variants(project, manifest)
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
        # A check that draws nothing and asks nothing has not begun its tape.
        tapes = self.tape_source.tapes.setdefault(spec.question, {})
        tape = tapes.setdefault(spec.name, Tape())

        def rerun(student: Student) -> None:
            replayed: dict[str, Any] = {
                "student": student,
                "reference": RecordedReference(self.manifest, tape.answers),
                "rng": RecordedDraws(tape),
                "verdicts": NEUTRAL,
            }
            function(**{name: replayed.get(name, value) for name, value in arguments.items()})

        self._see_mistakes(spec, rerun)
        self._see_pairs(spec, rerun)
        self._tape_variants(item, function, arguments)

    def _see_mistakes(self, spec: CheckSpec, rerun: Callable[[Student], None]) -> None:
        """See where each wrong answer fails first."""
        for mistake in self.live.of(spec.question):
            first, again = (self.live.observe(mistake, rerun) for _ in range(2))
            # A random mask is no witness: it would be another at every build.
            if first and again and same_witness(first, again):
                self.witnesses.setdefault(mistake.id, {})[spec.name] = first

    def _see_pairs(self, spec: CheckSpec, rerun: Callable[[Student], None]) -> None:
        """See where each pair of mistakes fails first, and whether as one of the two alone."""
        for pair in self.live.pairs(spec.question):
            seen = self.live.observe(pair, rerun)
            if seen is None:
                continue
            for mistake in (pair.first, pair.second):
                single = self.witnesses.get(mistake.id, {}).get(spec.name)
                if single is not None and same_witness(seen, single):
                    self.witnesses.setdefault(pair.id, {})[spec.name] = single
                    break
            else:
                again = self.live.observe(pair, rerun)
                if again is not None and same_witness(seen, again):
                    self.witnesses.setdefault(pair.id, {})[spec.name] = seen

    def _tape_variants(
        self, item: pytest.Item, function: Callable[..., None], arguments: Mapping[str, Any]
    ) -> None:
        """Tape what the reference answers in each accepted form that the check can meet."""
        spec = self.specs[item.nodeid]
        questions = {spec.question, *spec.needs}
        tape = self.tape_source.tapes[spec.question][spec.name]
        for accepted in self.accepted:
            name = accepted.variant.function
            if self.manifest.functions[name].question not in questions:
                continue
            functions = {**self.functions, name: accepted.run}
            own = Tape()
            fresh = {
                "student": Student(LocalRunner(functions), self.manifest),
                "reference": LiveReference(functions, self.manifest, own),
                "rng": check_generator(self.seed, spec.question, spec.name),
            }
            try:
                function(**{key: fresh.get(key, value) for key, value in arguments.items()})
            except Exception as error:
                raise OracleError(
                    f"the accepted variant {accepted.variant.id} fails a check of its own form: "
                    f"{spec.question}: {spec.name}: {type(error).__name__}: {error}"
                ) from error
            before, now = Recording({"": tape}), Recording({"": Tape(tape.draws, own.answers)})
            if differences(before, now, 0.0):
                tape.variants[accepted.variant.id] = own.answers

    def recordings(self) -> dict[str, Recording]:
        """What was recorded, by question."""
        result = {}
        for question in self.manifest.questions:
            mistakes = [
                replace(mistake, witnesses=self.witnesses.get(mistake.id, {}))
                for mistake in self.live.of(question.name)
            ]
            tapes = self.tape_source.tapes.get(question.name, {})
            names = [function.name for function in question.functions]
            variants = [a.variant for a in self.accepted if a.variant.function in names]
            pairs = self._pairs(question.name, mistakes)
            result[question.name] = Recording(tapes, mistakes, variants, pairs)
        return result

    def _pairs(self, question: str, mistakes: Sequence[Mistake]) -> list[Pair]:
        """The pairs that no single mistake and no other pair can be taken for."""
        by_id = {mistake.id: mistake for mistake in mistakes}
        found: list[Pair] = []
        for pair in self.live.pairs(question):
            witnesses = self.witnesses.get(pair.id, {})
            is_news = any(
                not any(_gives(mistake, check, witness) for mistake in mistakes)
                for check, witness in witnesses.items()
            )
            if is_news and not any(
                other.witnesses.keys() == witnesses.keys()
                and all(_gives(other, check, witness) for check, witness in witnesses.items())
                for other in found
            ):
                found.append(Pair(by_id[pair.first.id], by_id[pair.second.id], witnesses))
        return found


def _gives(known: Known, check: str, witness: Witness) -> bool:
    other = known.witnesses.get(check)
    return other is not None and same_witness(other, witness)


def record(project: Project, manifest: Manifest) -> dict[str, Recording]:
    """The recording of every question; OracleError where a solution fails its own check."""
    judge = RecordingJudge(project, manifest)

    def body(rerun: Rerun) -> None:
        judge.begin(LocalRunner(judge.functions), RECORDING_SEED)
        rerun()

    run_checks(project, judge, body)
    return judge.recordings()
