"""The files of `grader/expected/`: what practice mode replays, one file per question.

A file is one frame of the student process's wire: arrays and numbers, nothing that runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from grader.student import wire


class RecordingError(Exception):
    """A recording is missing or damaged; the sentence says what to do."""


@dataclass
class Tape:
    """What one check drew and what the reference answered, in order."""

    draws: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Witness:
    """What a wrong answer gives in one check: its first failing comparison, by position."""

    position: int
    got: np.ndarray


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer, as a student is told of it; see `solutions/wrong_answers/`."""

    id: str
    function: str
    cause: str
    advice: str
    follow_through: bool
    witnesses: Mapping[str, Witness] = field(default_factory=dict, repr=False)  # by check


@dataclass(frozen=True)
class Recording:
    """What is recorded of one question."""

    tapes: Mapping[str, Tape]  # by check
    mistakes: list[Mistake] = field(default_factory=list)


def path_of(expected: Path, question: str) -> Path:
    """The file of a question."""
    return expected / f"{question}.frame"


def pack(recording: Recording) -> bytes:
    """The bytes of a question's file."""
    return wire.pack(_tree(recording))


def read(path: Path) -> Recording:
    """The recording in a file; RecordingError if there is none or it is damaged."""
    try:
        tree = wire.unpack(bytearray(path.read_bytes()))
        tapes = {name: Tape(draws, answers) for name, (draws, answers) in tree["tapes"].items()}
        mistakes = [
            Mistake(
                **{**entry, "witnesses": {k: Witness(*w) for k, w in entry["witnesses"].items()}}
            )
            for entry in tree["mistakes"]
        ]
    except (OSError, wire.WireError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordingError(
            f"{path} cannot be read ({error}): unpack the assignment again, or, where the "
            "solutions are, run `grader build`"
        ) from error
    return Recording(tapes, mistakes)


def differences(old: Recording, new: Recording, tolerance: float) -> list[str]:
    """Where two recordings differ by more than the tolerance; empty if they are the same."""
    found: list[str] = []
    _compare("", _tree(old), _tree(new), tolerance, found)
    return found


def frozen(value: Any) -> Any:
    """A copy as the file will give it back; ValueError for what the file cannot hold."""
    copy = wire.unpack(bytearray(wire.pack(value)))
    if _holds_opaque(copy):
        raise ValueError(f"a {type(value).__name__} cannot be recorded")
    return copy


def _tree(recording: Recording) -> dict[str, Any]:
    return {
        "tapes": {name: (tape.draws, tape.answers) for name, tape in recording.tapes.items()},
        "mistakes": [
            {
                "id": mistake.id,
                "function": mistake.function,
                "cause": mistake.cause,
                "advice": mistake.advice,
                "follow_through": mistake.follow_through,
                "witnesses": {k: (w.position, w.got) for k, w in mistake.witnesses.items()},
            }
            for mistake in recording.mistakes
        ],
    }


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
    elif type(old) is not type(new) or old != new:
        found.append(where)


def _holds_opaque(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_opaque, value.values()))
    if isinstance(value, (list, tuple)):
        return any(map(_holds_opaque, value))
    return isinstance(value, wire.Opaque)
