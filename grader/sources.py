"""Where the judge takes inputs and right answers from: live, recorded, or live and being recorded.

Official mode draws the inputs from a seed and asks the solutions; practice mode replays both from
`grader/expected/`; `grader build` does the first and writes down what the second needs.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from grader.manifest import Manifest
from grader.recordings import (
    Pair,
    Recording,
    Tape,
    Variant,
    pairs_path_of,
    path_of,
    read,
    read_pairs,
)
from grader.reference import (
    Functions,
    LiveReference,
    Oracle,
    OracleError,
    RecordedDraws,
    RecordedReference,
    RecordingDraws,
)
from grader.remembered import RememberedDraws, RememberedReference


class Source(Protocol):
    """Where a judge takes the inputs and the right answers of a check from.

    `reference` may be asked for the answers of an accepted variant: the functions named by the
    variants found in the submission are then computed in that form.
    """

    hidden: bool  # whether students must not see the inputs

    def draws(self, question: str, check: str, seed: int) -> Any: ...
    def reference(
        self, question: str, check: str, variants: Iterable[Variant] = (), seed: int = 0
    ) -> Oracle: ...
    def variants(self, question: str) -> list[Variant]: ...


class LiveSource:
    """Official mode: inputs from the seed, answers from the solutions.

    Both are remembered until another seed comes.
    """

    hidden = True

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]],
        manifest: Manifest,
        variants: Mapping[Variant, Callable[..., Any]] = MappingProxyType({}),
    ) -> None:
        self._functions, self._manifest, self._variants = functions, manifest, variants
        self._seed = 0
        self._drawn: dict[tuple[str, str], tuple[np.random.Generator, list[Any]]] = {}
        self._answers: dict[tuple[str, ...], list[Any]] = {}

    def draws(self, question: str, check: str, seed: int) -> RememberedDraws:
        """A generator of the check's own: its draws do not depend on which other checks run."""
        self._turn_to(seed)
        key = question, check
        if key not in self._drawn:
            self._drawn[key] = check_generator(seed, question, check), []
        return RememberedDraws(*self._drawn[key])

    def reference(
        self, question: str, check: str, variants: Iterable[Variant] = (), seed: int = 0
    ) -> RememberedReference:
        """The live oracle."""
        self._turn_to(seed)
        chosen = list(variants)
        other = {variant.function: self._variants[variant] for variant in chosen}
        key = question, check, *sorted(variant.id for variant in chosen)
        memory = self._answers.setdefault(key, [])
        declared = self._manifest.functions
        functions = Functions({**self._functions, **other}, declared)
        return RememberedReference(functions, declared, memory)

    def _turn_to(self, seed: int) -> None:
        if seed != self._seed:
            self._drawn.clear()
            self._answers.clear()
            self._seed = seed

    def variants(self, question: str) -> list[Variant]:
        """The accepted variants of the functions of a question and of those that it uses."""
        names = _with_used(self._manifest, question)
        declared = self._manifest.functions
        return [v for v in self._variants if declared[v.function].question in names]


class RecordedSource:
    """Practice mode: inputs and answers as they were recorded."""

    hidden = False

    def __init__(self, expected: Path, manifest: Manifest) -> None:
        self._expected, self._manifest = expected, manifest
        self._recordings: dict[str, Recording] = {}
        self._pairs: dict[str, list[Pair]] = {}

    def draws(self, question: str, check: str, seed: int) -> RecordedDraws:
        """What was drawn when the check was recorded; the seed does not matter."""
        return RecordedDraws(self._tape(question, check))

    def reference(
        self, question: str, check: str, variants: Iterable[Variant] = (), seed: int = 0
    ) -> Oracle:
        """The recorded answers. A check uses at most one function that has variants."""
        tape = self._tape(question, check)
        answers = tape.answers
        for variant in variants:
            answers = tape.variants.get(variant.id, answers)
        return RecordedReference(self._manifest, answers)

    def variants(self, question: str) -> list[Variant]:
        """The accepted variants of the functions of a question and of those that it uses."""
        names = _with_used(self._manifest, question)
        return [variant for name in names for variant in self.recording(name).variants]

    def recording(self, question: str) -> Recording:
        """Everything that is recorded of a question, but for pairs of mistakes."""
        if question not in self._recordings:
            self._recordings[question] = read(path_of(self._expected, question))
        return self._recordings[question]

    def pairs(self, question: str) -> list[Pair]:
        """What is recorded of pairs of a question's mistakes."""
        if question not in self._pairs:
            path = pairs_path_of(self._expected, question)
            self._pairs[question] = read_pairs(path, self.recording(question).mistakes)
        return self._pairs[question]

    def _tape(self, question: str, check: str) -> Tape:
        try:
            return self.recording(question).tapes[check]
        except KeyError:
            raise OracleError(
                f"nothing is recorded for {question}: {check}; run `grader build`"
            ) from None


class RecordingSource:
    """While building: inputs from a fixed seed, live answers, and a tape of both."""

    hidden = False

    def __init__(self, functions: Mapping[str, Callable[..., Any]], manifest: Manifest) -> None:
        self._functions, self._manifest = functions, manifest
        self.tapes: dict[str, dict[str, Tape]] = {}

    def draws(self, question: str, check: str, seed: int) -> RecordingDraws:
        """Draws that go on the check's tape."""
        return RecordingDraws(check_generator(seed, question, check), self._tape(question, check))

    def reference(
        self, question: str, check: str, variants: Iterable[Variant] = (), seed: int = 0
    ) -> Oracle:
        """Live answers that go on the check's tape."""
        return LiveReference(self._functions, self._manifest, self._tape(question, check))

    def variants(self, question: str) -> list[Variant]:
        """None: the solutions are in the form of the reference."""
        return []

    def _tape(self, question: str, check: str) -> Tape:
        return self.tapes.setdefault(question, {}).setdefault(check, Tape())


def _with_used(manifest: Manifest, question: str) -> list[str]:
    uses = manifest.question(question).uses
    return [q.name for q in manifest.questions if q.name == question or q.name in uses]


def check_generator(seed: int, question: str, check: str) -> np.random.Generator:
    """The random generator of one check under one seed."""
    name = zlib.crc32(f"{question}:{check}".encode())
    return np.random.default_rng(np.random.SeedSequence([seed, name]))
