"""The files of `grader/expected/`: what practice mode replays, two files per question.

Most is in the first file. What pairs of mistakes give is in the second: it is much, and seldom
asked for. A file is one frame of the student process's wire: arrays and numbers, nothing that runs.
In the first, what only a failing check asks for is folded, each part into a frame of its own, which
is opened when it is looked at: a submission that is right does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from grader.folding import FoldedDict, FoldedList
from grader.student import wire

ALIKE_FIRST, ALIKE_SECOND = "1", "2"  # in a pair's place: it gives what one of the two gives


class RecordingError(Exception):
    """A recording is missing or damaged; the sentence says what to do."""


@dataclass
class Tape:
    """What one check drew and what the reference answered, in order.

    variants: the answers of accepted variants, by id, where they differ from the reference's.
    """

    draws: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    variants: MutableMapping[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Witness:
    """How a wrong answer fails in one check.

    position: how many comparisons passed before
    got: the array at the failing comparison; empty where something else than an array was wrong
    fault: what was wrong instead, such as an exception's type and text
    """

    position: int
    got: np.ndarray
    fault: str = ""


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer, as a student is told of it; see `solutions/wrong_answers/`.

    follow_through: functions that build on this one can still be judged.
    charged_once: questions that build on it go on as if it were right.
    """

    id: str
    function: str
    cause: str
    advice: str
    follow_through: bool
    charged_once: bool = False
    witnesses: Mapping[str, Witness] = field(default_factory=dict, repr=False)  # by check


@dataclass(frozen=True)
class Pair:
    """Two known mistakes made at once, in one function."""

    first: Mistake
    second: Mistake
    witnesses: Mapping[str, Witness] = field(default_factory=dict, repr=False)  # by check

    @property
    def id(self) -> str:
        """Both ids."""
        return f"{self.first.id}+{self.second.id}"

    @property
    def function(self) -> str:
        """The function that makes them."""
        return self.first.function

    @property
    def follow_through(self) -> bool:
        """Whether both leave something that later functions can be judged by."""
        return self.first.follow_through and self.second.follow_through

    @property
    def charged_once(self) -> bool:
        """Whether what builds on the function goes on as if it were right, with both mistakes."""
        return self.first.charged_once and self.second.charged_once


@dataclass(frozen=True)
class Variant:
    """Another correct form of a function, and the note that a student reads about it."""

    id: str
    function: str
    note: str


@dataclass(frozen=True)
class Recording:
    """What is recorded of one question."""

    tapes: Mapping[str, Tape]  # by check
    mistakes: Sequence[Mistake] = field(default_factory=list)
    variants: list[Variant] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)  # of its mistakes; in a file of their own


def path_of(expected: Path, question: str) -> Path:
    """The file of a question."""
    return expected / f"{question}.frame"


def pairs_path_of(expected: Path, question: str) -> Path:
    """The file of what pairs of a question's mistakes give."""
    return expected / f"{question}.pairs.frame"


def pack(recording: Recording) -> bytes:
    """The bytes of a question's file, which leaves pairs out."""
    return wire.pack(_folded(_tree(recording)))


def pack_pairs(recording: Recording) -> bytes:
    """The bytes of the file of a question's pairs."""
    return wire.pack(_pairs_tree(recording))


def read(path: Path) -> Recording:
    """The recording in a file; RecordingError if there is none or it is damaged.

    What is folded in it is opened later, and may be found to be damaged then.
    """
    with _reading(path):
        tree = wire.unpack(bytearray(path.read_bytes()))
        tapes = {
            name: Tape(draws, answers, FoldedDict(partial(_variants_in, path, folded)))
            for name, (draws, answers, folded) in tree["tapes"].items()
        }
        variants = [Variant(**entry) for entry in tree["variants"]]
        mistakes = FoldedList(partial(_mistakes_in, path, tree["mistakes"]))
        return Recording(tapes, mistakes, variants)


def _variants_in(path: Path, folded: bytes) -> Mapping[str, list[Any]]:
    with _reading(path):
        return dict(wire.unpack(bytearray(folded))) if folded else {}


def _mistakes_in(path: Path, folded: bytes) -> list[Mistake]:
    with _reading(path):
        return [
            Mistake(
                **{**entry, "witnesses": {k: Witness(*w) for k, w in entry["witnesses"].items()}}
            )
            for entry in wire.unpack(bytearray(folded))
        ]


def _folded(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A recording's tree with frames in place of what is seldom asked for."""
    tapes = {
        name: (draws, answers, wire.pack(variants) if variants else b"")
        for name, (draws, answers, variants) in tree["tapes"].items()
    }
    return {**tree, "tapes": tapes, "mistakes": wire.pack(tree["mistakes"])}


def read_pairs(path: Path, mistakes: Iterable[Mistake]) -> list[Pair]:
    """The pairs of a question's mistakes, from their file; RecordingError as for `read`."""
    by_id = {mistake.id: mistake for mistake in mistakes}
    pairs = []
    with _reading(path):
        tree = wire.unpack(bytearray(path.read_bytes()))
        for ids, entries in tree["pairs"]:
            first, second = (by_id[name] for name in ids)
            alike = {ALIKE_FIRST: first.witnesses, ALIKE_SECOND: second.witnesses}
            witnesses = {
                check: alike[entry][check] if isinstance(entry, str) else Witness(*entry)
                for check, entry in entries.items()
            }
            pairs.append(Pair(first, second, witnesses))
    return pairs


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Whatever else is found in a file than is expected, RecordingError says so."""
    try:
        yield
    except (OSError, wire.WireError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordingError(
            f"{path} cannot be read ({error}): unpack the assignment again, or, where the "
            "solutions are, run `grader build`"
        ) from error


def differences(old: Recording, new: Recording, tolerance: float) -> list[str]:
    """Where two recordings differ by more than the tolerance; empty if they are the same."""
    found: list[str] = []
    _compare("", _tree(old), _tree(new), tolerance, found)
    return found


def differences_of_pairs(old: Recording, new: Recording, tolerance: float) -> list[str]:
    """Likewise, where the pairs of two recordings differ."""
    found: list[str] = []
    _compare("", _pairs_tree(old), _pairs_tree(new), tolerance, found)
    return found


def frozen(value: Any) -> Any:
    """A copy as the file will give it back; ValueError for what the file cannot hold."""
    copy = wire.unpack(bytearray(wire.pack(value)))
    if _holds_opaque(copy):
        raise ValueError(f"a {type(value).__name__} cannot be recorded")
    return copy


def _tree(recording: Recording) -> dict[str, Any]:
    return {
        "tapes": {
            name: (tape.draws, tape.answers, dict(tape.variants))
            for name, tape in recording.tapes.items()
        },
        "variants": [
            {"id": variant.id, "function": variant.function, "note": variant.note}
            for variant in recording.variants
        ],
        "mistakes": [
            {
                "id": mistake.id,
                "function": mistake.function,
                "cause": mistake.cause,
                "advice": mistake.advice,
                "follow_through": mistake.follow_through,
                "charged_once": mistake.charged_once,
                "witnesses": {
                    k: (w.position, w.got, w.fault) for k, w in mistake.witnesses.items()
                },
            }
            for mistake in recording.mistakes
        ],
    }


def _pairs_tree(recording: Recording) -> dict[str, Any]:
    return {
        "pairs": [
            (
                (pair.first.id, pair.second.id),
                {check: _entry(pair, check) for check in pair.witnesses},
            )
            for pair in recording.pairs
        ]
    }


def _entry(pair: Pair, check: str) -> Any:
    """A witness, unless it is that of one of the two: often only one of them shows in a check."""
    witness = pair.witnesses[check]
    if witness is pair.first.witnesses.get(check):
        return ALIKE_FIRST
    if witness is pair.second.witnesses.get(check):
        return ALIKE_SECOND
    return witness.position, witness.got, witness.fault


def _compare(where: str, old: Any, new: Any, tolerance: float, found: list[str]) -> None:
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            _compare(f"{where}/{key}", old[key], new[key], tolerance, found)
    elif isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)) and len(old) == len(new):
        for index, (a, b) in enumerate(zip(old, new, strict=True)):
            _compare(f"{where}/{index}", a, b, tolerance, found)
    elif isinstance(old, (float, np.ndarray, np.generic)) and isinstance(new, type(old)):
        a, b = np.asarray(old), np.asarray(new)
        same = a.shape == b.shape and a.dtype == b.dtype
        if same and a.dtype.kind == "f":
            # float32 answers carry float32's own rounding.
            slack = tolerance if a.dtype == np.float64 else 1e-5
            same = np.allclose(a, b, rtol=slack, atol=slack, equal_nan=True)
        elif same:
            same = np.array_equal(a, b)
        if not same:
            found.append(where)
    elif isinstance(old, (dict, list, tuple)) or type(old) is not type(new) or old != new:
        found.append(where)


def _holds_opaque(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_opaque, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_opaque, value))
    return isinstance(value, wire.Opaque)
