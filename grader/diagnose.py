"""Diagnosis: which known mistake gives exactly what the student's function gave.

Known wrong answers live in `solutions/wrong_answers/`, one function each. A check that fails at its
k-th comparison is run with every wrong answer of its question: one that fails at the same
comparison with the same array has the same mistake. Official mode runs them at that moment, on the
inputs that the student's function got; practice mode has what they gave (`Witness`) from when the
recordings were made.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from grader import compare
from grader.manifest import Manifest
from grader.plugin import CheckSpec
from grader.recordings import Mistake, Witness
from grader.reference import OracleError, RecordedSource, load_module
from grader.results import Diagnosis
from grader.student.functions import Student
from grader.student.local import LocalRunner


@dataclass(frozen=True)
class WrongAnswer:
    """A mistake and the function that makes it."""

    mistake: Mistake
    run: Callable[..., Any]
    seen: str


Rerun = Callable[[Student], None]  # runs the check under way with another student


class Mistakes(Protocol):
    """The known mistakes of a question, and what each gives in a check."""

    def of(self, question: str) -> list[Mistake]: ...
    def witness(self, mistake: Mistake, spec: CheckSpec, rerun: Rerun) -> Witness | None: ...


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


class LiveMistakes:
    """Official mode: the wrong answers are run, once per check and seed."""

    def __init__(
        self,
        manifest: Manifest,
        solutions: Mapping[str, Callable[..., Any]],
        wrong_answers: list[WrongAnswer],
    ) -> None:
        self._manifest, self._solutions, self._wrong = manifest, solutions, wrong_answers
        self._known: dict[tuple[str, str, str], Witness | None] = {}

    def of(self, question: str) -> list[Mistake]:
        """The mistakes in the functions of a question."""
        functions = {f.name for f in self._manifest.question(question).functions}
        return [wrong.mistake for wrong in self._wrong if wrong.mistake.function in functions]

    def witness(self, mistake: Mistake, spec: CheckSpec, rerun: Rerun) -> Witness | None:
        """What the wrong answer gives on this check's inputs, run once per check and seed."""
        key = (spec.question, spec.name, mistake.id)
        if key not in self._known:
            self._known[key] = self.observe(mistake, rerun)
        return self._known[key]

    def observe(self, mistake: Mistake, rerun: Rerun) -> Witness | None:
        """Run the check with the wrong answer in the place of the right one."""
        wrong = next(wrong for wrong in self._wrong if wrong.mistake.id == mistake.id)
        functions = {**self._solutions, mistake.function: wrong.run}
        student = Student(LocalRunner(functions), self._manifest)
        return observe(lambda: rerun(student))

    def forget(self) -> None:
        """The inputs change with the seed, and with them what was seen."""
        self._known.clear()


def observe(run: Callable[[], None]) -> Witness | None:
    """Where a check's comparisons fail first; None if it passes, or fails in another way."""
    with compare.logging() as log:
        try:
            run()
        except compare.Mismatch as mismatch:
            if mismatch.kind == "value":
                return Witness(len(log.observations) - 1, log.observations[-1].got)
        except Exception:  # the wrong answer itself raised: nothing to compare
            pass
    return None


def diagnose(
    manifest: Manifest, mistakes: Mistakes, spec: CheckSpec, log: compare.Log, rerun: Rerun
) -> Diagnosis | None:
    """The first known mistake that gives what this check's last comparison saw."""
    if not log.observations:
        return None
    position, got = len(log.observations) - 1, log.observations[-1].got
    for mistake in mistakes.of(spec.question):
        witness = mistakes.witness(mistake, spec, rerun)
        if witness is None or witness.position != position:
            continue
        if compare.is_close(got, witness.got):
            text = manifest.say("diagnosed", cause=mistake.cause)
            text = "\n".join(filter(None, [text, mistake.advice]))
            return Diagnosis(mistake.id, text, mistake.follow_through)
    return None


def load_wrong_answers(folder: Path, manifest: Manifest) -> list[WrongAnswer]:
    """Every wrong answer in a folder's modules, in their order; OracleError if one is malformed."""
    found: list[WrongAnswer] = []
    for path in sorted(folder.glob("*.py")):
        if path.name.startswith("_"):
            continue
        module = load_module(path)
        nothing_to_follow = getattr(module, "NOTHING_TO_FOLLOW", [])
        for name, functions in getattr(module, "WRONG_ANSWERS", {}).items():
            if name not in manifest.functions:
                raise OracleError(f"{path}: WRONG_ANSWERS names no function of ours: {name}")
            for function in functions:
                cause, advice, seen = _read_docstring(path, function)
                id = function.__name__.replace("_", "-")
                follow = function not in nothing_to_follow
                found.append(WrongAnswer(Mistake(id, name, cause, advice, follow), function, seen))
    ids = [wrong.mistake.id for wrong in found]
    for id in ids:
        if ids.count(id) > 1:
            raise OracleError(f"{folder}: two wrong answers are called {id}")
    return found


def _read_docstring(path: Path, function: Callable[..., Any]) -> tuple[str, str, str]:
    lines = (inspect.getdoc(function) or "").splitlines()
    seen = lines.pop().partition("Seen:")[2].strip() if lines and "Seen:" in lines[-1] else ""
    cause, advice = (lines[0].rstrip(".") if lines else ""), "\n".join(lines[1:]).strip()
    if not (cause and advice and seen):
        raise OracleError(
            f"{path}: {function.__name__}: its docstring must have a first line, advice, "
            "and a last line `Seen: ...`"
        )
    return cause, advice, seen
