"""Diagnosis: which known mistake gives exactly what the student's function gave.

Known wrong answers live in `solutions/wrong_answers/`, one function each. A check that fails at its
k-th comparison is run with every wrong answer of its question: one that fails at the same
comparison with the same array has the same mistake. Official mode runs them at that moment, on the
inputs that the student's function got; practice mode has what they gave (`Witness`) from when the
recordings were made.

Where several mistakes explain a check, the one is told that explains most of the question's failing
checks and would fail none of those that pass. Where none does, `patterns` says what can be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from grader import compare
from grader.answers import WrongAnswer
from grader.manifest import Manifest
from grader.patterns import describe
from grader.plugin import CheckSpec
from grader.recordings import Mistake, Witness
from grader.reference import RecordedSource
from grader.results import Diagnosis
from grader.student.faults import Crashed
from grader.student.functions import Student
from grader.student.local import LocalRunner

COMPARABLE = ("value", "nonfinite", "shape")  # kinds of mismatch that an array explains

Rerun = Callable[[Student], None]  # runs a check's body with another student


@dataclass(frozen=True)
class Finding:
    """One check of a question, as far as a diagnosis needs it."""

    spec: CheckSpec
    raised: BaseException | None  # None: it passed
    log: compare.Log
    rerun: Rerun


class Mistakes(Protocol):
    """The known mistakes of a question, and what each gives in a check."""

    def of(self, question: str) -> list[Mistake]: ...
    def witness(self, mistake: Mistake, spec: CheckSpec, rerun: Rerun) -> Witness | None: ...
    def forget(self) -> None: ...


class RecordedMistakes:
    """Practice mode: witnesses come from the recording."""

    def __init__(self, source: RecordedSource) -> None:
        self._source = source

    def of(self, question: str) -> list[Mistake]:
        """The mistakes recorded for a question."""
        return self._source.recording(question).mistakes

    def witness(self, mistake: Mistake, spec: CheckSpec, rerun: Rerun) -> Witness | None:
        """What was recorded; the check is not run again."""
        return mistake.witnesses.get(spec.name)

    def forget(self) -> None:
        """Nothing: recorded inputs do not change."""


class LiveMistakes:
    """Official mode: the wrong answers are run, once per check and seed."""

    def __init__(
        self,
        manifest: Manifest,
        solutions: Mapping[str, Callable[..., Any]],
        wrong_answers: Iterable[WrongAnswer],
    ) -> None:
        self._manifest, self._solutions = manifest, solutions
        self._wrong = {wrong.mistake.id: wrong for wrong in wrong_answers}
        self._known: dict[tuple[str, str, str], Witness | None] = {}

    def of(self, question: str) -> list[Mistake]:
        """The mistakes in the functions of a question."""
        functions = {f.name for f in self._manifest.question(question).functions}
        mistakes = (wrong.mistake for wrong in self._wrong.values())
        return [mistake for mistake in mistakes if mistake.function in functions]

    def witness(self, mistake: Mistake, spec: CheckSpec, rerun: Rerun) -> Witness | None:
        """What the wrong answer gives on this check's inputs, run once per check and seed."""
        key = (spec.question, spec.name, mistake.id)
        if key not in self._known:
            self._known[key] = self.observe(mistake, rerun)
        return self._known[key]

    def observe(self, mistake: Mistake, rerun: Rerun) -> Witness | None:
        """Run the check with the wrong answer in the place of the right one."""
        functions = {**self._solutions, mistake.function: self._wrong[mistake.id].run}
        student = Student(LocalRunner(functions), self._manifest)
        return observe(lambda: rerun(student))

    def forget(self) -> None:
        """The inputs change with the seed, and with them what was seen."""
        self._known.clear()


def observe(run: Callable[[], None]) -> Witness | None:
    """How a check's body fails; None if it passes, or in a way that cannot be compared."""
    with compare.logging() as log:
        try:
            run()
        except Exception as error:
            return witness_of(error, log)
    return None


def witness_of(error: BaseException, log: compare.Log) -> Witness | None:
    """What a failing check has to show; None if nothing that another can be held against."""
    nothing = np.zeros(0)
    if isinstance(error, compare.Mismatch):
        if error.kind in COMPARABLE and log.observations:
            return Witness(len(log.observations) - 1, log.observations[-1].got)
        if error.kind == "bad_item":
            fault = f"{error.values['what']} is {error.values['got']}"
            return Witness(len(log.observations), nothing, fault)
    if isinstance(error, Crashed) and error.reason == "raised":
        text = re.sub(r"\d+", "#", f"{error.details['type']}: {error.details['text']}")
        return Witness(len(log.observations), nothing, f"{error.function}: {text}")
    return None


@np.errstate(all="ignore")  # of what a student returned, anything can be asked
def diagnose(
    manifest: Manifest, mistakes: Mistakes, question: str, findings: list[Finding]
) -> dict[str, Diagnosis]:
    """The diagnosis of each failing check of a question, by the check's name."""
    failing = [finding for finding in findings if finding.raised is not None]
    if not failing:
        return {}
    known = mistakes.of(question)
    explained: dict[str, set[str]] = {}  # by mistake: the checks it explains
    for mistake in known:
        names = {f.spec.name for f in failing if _explains(mistakes, mistake, f)}
        if names:
            explained[mistake.id] = names
    contradicted = {
        mistake.id: sum(
            mistakes.witness(mistake, finding.spec, finding.rerun) is not None
            for finding in findings
            if finding.raised is None
        )
        for mistake in known
        if mistake.id in explained
    }
    candidates = sorted(
        (mistake for mistake in known if mistake.id in explained),
        key=lambda mistake: (contradicted[mistake.id], -len(explained[mistake.id])),
    )
    result = {}
    for finding in failing:
        told = next((m for m in candidates if finding.spec.name in explained[m.id]), None)
        pattern = describe(manifest, finding.log) if _is_value(finding.raised) else None
        if told is not None:
            result[finding.spec.name] = _told(manifest, told, exactly=_is_mismatch(finding.raised))
        elif pattern is not None:
            result[finding.spec.name] = pattern
    return result


def _is_mismatch(error: BaseException | None) -> bool:
    return isinstance(error, compare.Mismatch)


def _is_value(error: BaseException | None) -> bool:
    return isinstance(error, compare.Mismatch) and error.kind in COMPARABLE


def _explains(mistakes: Mistakes, mistake: Mistake, finding: Finding) -> bool:
    if isinstance(finding.raised, compare.Mismatch) and finding.raised.mistake:
        return finding.raised.mistake == mistake.id
    seen = witness_of(finding.raised, finding.log) if finding.raised else None
    if seen is None:
        return False
    witness = mistakes.witness(mistake, finding.spec, finding.rerun)
    return witness is not None and same_witness(seen, witness)


def same_witness(a: Witness, b: Witness) -> bool:
    """The same array, but for rounding, or the same fault, at the same comparison."""
    if (a.position, a.fault, a.got.shape) != (b.position, b.fault, b.got.shape):
        return False
    finite = np.isfinite(a.got)
    if not np.array_equal(finite, np.isfinite(b.got)):
        return False
    if not np.array_equal(a.got[~finite], b.got[~finite], equal_nan=True):
        return False
    tolerance = compare.SAME_FORMULA
    if np.float32 in (a.got.dtype, b.got.dtype):
        tolerance = compare.SAME_IN_SINGLE_PRECISION
    errors = compare.relative_errors(a.got[finite], b.got[finite], tolerance)
    return not (errors > tolerance.relative).any()


def _told(manifest: Manifest, mistake: Mistake, *, exactly: bool) -> Diagnosis:
    text = manifest.say("diagnosed" if exactly else "diagnosed_loosely", cause=mistake.cause)
    text = "\n".join(filter(None, [text, mistake.advice.replace("\n", " ")]))
    return Diagnosis(
        mistake.id, text, mistake.function, mistake.follow_through, mistake.charged_once
    )
