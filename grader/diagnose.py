"""Diagnosis: which known mistake gives exactly what the student's function gave.

Known wrong answers live in `solutions/wrong_answers/`, one function each. A check that fails at its
k-th comparison is run with every wrong answer of its question: one that fails at the same
comparison with the same array has the same mistake. Official mode runs them at that moment, on the
inputs that the student's function got; practice mode has what they gave (`Witness`) from when the
recordings were made.

Where several mistakes explain a check, the one is told that explains most of the question's failing
checks and would fail none of those that pass. Where none does, two of them at once may (`pairs`);
and where no two do, `patterns` says what can be said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from grader import compare
from grader.manifest import Manifest
from grader.patterns import describe
from grader.plugin import CheckSpec
from grader.recordings import Mistake, Pair, Witness
from grader.results import Diagnosis
from grader.sources import RecordedSource
from grader.student.faults import Crashed
from grader.student.functions import Student
from grader.student.local import LocalRunner

if TYPE_CHECKING:
    from grader.answers import WrongAnswer

COMPARABLE = ("value", "nonfinite", "shape")  # kinds of mismatch that an array explains

Rerun = Callable[[Student], None]  # runs a check's body with another student
Known = Mistake | Pair


@dataclass(frozen=True)
class Finding:
    """One check of a question, as far as a diagnosis needs it."""

    spec: CheckSpec
    raised: BaseException | None  # None: it passed
    log: compare.Log
    rerun: Rerun


class Mistakes(Protocol):
    """The known mistakes of a question, and what each gives in a check."""

    def of(self, question: str) -> Sequence[Mistake]: ...
    def pairs(self, question: str) -> list[Pair]: ...
    def witness(self, known: Known, spec: CheckSpec, rerun: Rerun) -> Witness | None: ...
    def forget(self) -> None: ...


class RecordedMistakes:
    """Practice mode: witnesses come from the recording."""

    def __init__(self, source: RecordedSource) -> None:
        self._source = source

    def of(self, question: str) -> Sequence[Mistake]:
        """The mistakes recorded for a question."""
        return self._source.recording(question).mistakes

    def pairs(self, question: str) -> list[Pair]:
        """The pairs recorded for a question; their file is read when they are first asked for."""
        return self._source.pairs(question)

    def witness(self, known: Known, spec: CheckSpec, rerun: Rerun) -> Witness | None:
        """What was recorded; the check is not run again."""
        return known.witnesses.get(spec.name)

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
        self._wrong = list(wrong_answers)
        self._runs: dict[str, Callable[..., Any]] = {w.mistake.id: w.run for w in self._wrong}
        self._pairs: dict[str, list[Pair]] = {}  # by question, once they were asked for
        self._seen: dict[tuple[str, str, str], Witness | None] = {}

    def of(self, question: str) -> Sequence[Mistake]:
        """The mistakes in the functions of a question."""
        return [wrong.mistake for wrong in self._wrong_in(question)]

    def pairs(self, question: str) -> list[Pair]:
        """The pairs of mistakes in the functions of a question."""
        if question not in self._pairs:
            from grader.pairs import pairs_of

            found = pairs_of(self._solutions, self._wrong_in(question))
            self._runs |= {each.pair.id: each.run for each in found}
            self._pairs[question] = [each.pair for each in found]
        return self._pairs[question]

    def _wrong_in(self, question: str) -> list[WrongAnswer]:
        functions = {f.name for f in self._manifest.question(question).functions}
        return [wrong for wrong in self._wrong if wrong.mistake.function in functions]

    def witness(self, known: Known, spec: CheckSpec, rerun: Rerun) -> Witness | None:
        """What the wrong function gives on this check's inputs, run once per check and seed."""
        key = (spec.question, spec.name, known.id)
        if key not in self._seen:
            self._seen[key] = self.observe(known, rerun)
        return self._seen[key]

    def observe(self, known: Known, rerun: Rerun) -> Witness | None:
        """Run the check with the wrong function in the place of the right one."""
        functions = {**self._solutions, known.function: self._runs[known.id]}
        student = Student(LocalRunner(functions), self._manifest)
        return observe(lambda: rerun(student))

    def forget(self) -> None:
        """The inputs change with the seed, and with them what was seen."""
        self._seen.clear()


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
    told = _explanations(mistakes, mistakes.of(question), findings, failing)
    open_ones = [f for f in failing if f.spec.name not in told and _can_be_explained(f)]
    if open_ones:  # a single mistake is always the better explanation
        told |= _explanations(
            mistakes, mistakes.pairs(question), findings, open_ones, contradicting=False
        )
    result = {}
    for finding in failing:
        name, known = finding.spec.name, told.get(finding.spec.name)
        pattern = describe(manifest, finding.log) if _is_value(finding.raised) else None
        if known is not None:
            result[name] = _told(manifest, known, exactly=_is_mismatch(finding.raised))
        elif pattern is not None:
            result[name] = pattern
    return result


def _explanations(
    mistakes: Mistakes,
    known: Sequence[Known],
    findings: list[Finding],
    wanted: list[Finding],
    *,
    contradicting: bool = True,
) -> dict[str, Known]:
    """For each finding that is wanted, by its check's name: the best explanation, if there is one.

    contradicting: take also what would fail a check that passes, though only after all others.
    """
    failing = [finding for finding in findings if finding.raised is not None]
    passing = [finding for finding in findings if finding.raised is None]
    explained: dict[str, set[str]] = {}  # by id: the checks that it explains
    for each in known:
        if any(_explains(mistakes, each, finding) for finding in wanted):
            explained[each.id] = {f.spec.name for f in failing if _explains(mistakes, each, f)}
    contradicted = {
        each.id: sum(mistakes.witness(each, f.spec, f.rerun) is not None for f in passing)
        for each in known
        if each.id in explained
    }
    candidates = sorted(
        (each for each in known if each.id in explained),
        key=lambda each: (contradicted[each.id], -len(explained[each.id])),
    )
    found = {}
    for finding in wanted:
        name = finding.spec.name
        for each in candidates:
            if name in explained[each.id] and (contradicting or not contradicted[each.id]):
                found[name] = each
                break
    return found


def _is_mismatch(error: BaseException | None) -> bool:
    return isinstance(error, compare.Mismatch)


def _is_value(error: BaseException | None) -> bool:
    return isinstance(error, compare.Mismatch) and error.kind in COMPARABLE


def _can_be_explained(finding: Finding) -> bool:
    """Whether there is anything that the outputs of a pair can be held against."""
    if isinstance(finding.raised, compare.Mismatch) and finding.raised.mistake:
        return False
    return finding.raised is not None and witness_of(finding.raised, finding.log) is not None


def _explains(mistakes: Mistakes, known: Known, finding: Finding) -> bool:
    if isinstance(finding.raised, compare.Mismatch) and finding.raised.mistake:
        return finding.raised.mistake == known.id
    seen = witness_of(finding.raised, finding.log) if finding.raised else None
    if seen is None:
        return False
    witness = mistakes.witness(known, finding.spec, finding.rerun)
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


def _told(manifest: Manifest, known: Known, *, exactly: bool) -> Diagnosis:
    if isinstance(known, Pair):
        first, causes = known.first, {"first": known.first.cause, "second": known.second.cause}
        sentence = "diagnosed_pair" if exactly else "diagnosed_pair_loosely"
    else:
        first, causes = known, {"cause": known.cause}
        sentence = "diagnosed" if exactly else "diagnosed_loosely"
    text = manifest.say(sentence, **causes)
    text = "\n".join(filter(None, [text, first.advice.replace("\n", " ")]))
    return Diagnosis(known.id, text, known.function, known.follow_through, known.charged_once)
