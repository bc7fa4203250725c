"""The verdict on arrays: named tolerances, one definition of error, and where a mismatch lies.

The error of an element is

    |got - expected| / max(|got| + |expected|, scale * max |expected|, 1e-8)

CS231n's relative error, with a term relative to the array's scale: without it a correct gradient
fails wherever its true value is close to 0. The number that is shown is the one that decided.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np

from grader.student.wire import Opaque

FLOOR = 1e-8  # CS231n's


@dataclass(frozen=True)
class Tolerance:
    """How far a result may be from the expected one, and why that far."""

    name: str
    relative: float
    scale: float
    reason: str


SAME_FORMULA = Tolerance(
    "same formula",
    1e-7,
    1e-3,
    "float64 results of the same formula in another order of operations differ by less than 1e-12; "
    "the smallest mistake worth telling, a misplaced epsilon, by more than 1e-6",
)
SINGLE_PRECISION = Tolerance(
    "single precision",
    1e-3,
    1e-2,
    "float32 has 24 bits (6e-8); a few steps of cancelling sums over a batch lose three digits",
)
SAME_IN_SINGLE_PRECISION = Tolerance(
    "same formula in float32",
    1e-5,
    1e-2,
    "the same formula in float32, on another machine",
)
LARGE_OFFSET = Tolerance(
    "large offset",
    1e-5,
    1e-3,
    "mean(x^2) - mean(x)^2 is a correct variance too; at mean 1e4 it cancels half the digits",
)
NUMERIC_GRADIENT = Tolerance(
    "numeric gradient",
    1e-4,
    1.0,
    "centered differences in float64 with h = 1e-5 are good to about 1e-9 of the array's scale, "
    "1e-5 over a forward pass with huge derivatives; a wrong gradient is off by more than 1e-3",
)
TRAJECTORY = Tolerance(
    "training losses",
    1e-5,
    1e-3,
    "a dozen training steps amplify rounding (1e-16) by less than 1e6; a mistake shows by 1e-3",
)


@dataclass(frozen=True)
class Observation:
    """One comparison made by a check: what the student's code gave, and what was expected."""

    what: str
    got: np.ndarray
    expected: np.ndarray


@dataclass
class Log:
    """What the comparisons of one check saw."""

    observations: list[Observation] = field(default_factory=list)
    # Every step of an update, (the student's, the reference's), where a check tells them.
    steps: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


_log: ContextVar[Log | None] = ContextVar("comparisons", default=None)


@contextmanager
def logging() -> Iterator[Log]:
    """Collect the comparisons and notes made inside the block."""
    log = Log()
    token = _log.set(log)
    try:
        yield log
    finally:
        _log.reset(token)


def note(message: str, **values: Any) -> None:
    """Add a remark to the running check's result; it takes nothing off.

    `message` is the key of a sentence in the manifest's messages, `values` fill it.
    """
    log = _log.get()
    if log is not None and (message, values) not in log.notes:
        log.notes.append((message, values))


@dataclass
class Mismatch(AssertionError):
    """A result that is not what it should be.

    `kind` is the key of the sentence in the manifest's messages, `values` fill it.
    """

    kind: str
    values: dict[str, Any]
    error: float | None = None
    status: str = "failed"
    mistake: str = ""  # the id of the known mistake, where the check itself knows it

    def __str__(self) -> str:
        values = ", ".join(f"{key}={value}" for key, value in self.values.items())
        return f"{self.kind}: {values}"


def assert_close(
    got: Any,
    expected: Any,
    *,
    what: str,
    where: str = "",
    tolerance: Tolerance = SAME_FORMULA,
) -> None:
    """Raise `Mismatch` unless `got` is an array like `expected`, within the tolerance.

    what: the name a student knows it by (`next_w`); where: which of several (`step 1`).
    The first thing wrong is told: not an array, shape, dtype, NaN or infinity, value.
    """
    expected = np.asarray(expected)
    prefix = f"{where}, " if where else ""
    place = {"where": prefix, "what": what}
    got = _as_array(got, expected, what)
    log = _log.get()
    if log is not None:
        log.observations.append(Observation(f"{prefix}{what}", got, expected))

    if got.shape != expected.shape and got.shape == (1, *expected.shape):
        note("note_shape", what=what, got=got.shape, expected=expected.shape)
        got = got.reshape(expected.shape)
    if got.shape != expected.shape:
        raise Mismatch("shape", {**place, "got": got.shape, "expected": expected.shape})
    if got.dtype != expected.dtype:
        if (got.dtype, expected.dtype) == (np.float64, np.float32):
            note("note_float64", what=what)
        else:
            raise Mismatch("dtype", {**place, "got": got.dtype, "expected": expected.dtype})

    finite = np.isfinite(got)
    if not finite.all():
        index = _index(np.argmin(finite), got.shape)
        bad = {"count": int((~finite).sum()), "size": got.size}
        value = got[index] if index else got[()]
        raise Mismatch(
            "nonfinite", {**place, "index": _show_index(index), "got": float(value), **bad}
        )
    errors = relative_errors(got, expected, tolerance)
    worst = float(errors.max(initial=0.0))
    if not (worst <= tolerance.relative):
        index = _index(np.argmax(errors), got.shape)
        shown = _show_numbers(float(got[index]), float(expected[index]))
        values = {
            **place,
            "index": _show_index(index),
            "got": shown[0],
            "expected": shown[1],
            "error": worst,
            "allowed": tolerance.relative,
            "count": int((~(errors <= tolerance.relative)).sum()),
            "size": got.size,
        }
        raise Mismatch("value", values, worst)


def require_like(got: Any, like: np.ndarray, what: str) -> None:
    """Raise `Mismatch` unless `got` is an array of this shape and dtype; values do not matter."""
    if type(got) is np.ndarray and got.shape == like.shape and got.dtype == like.dtype:
        return
    assert_close(got, like, what=what)


def require_array(got: Any, like: np.ndarray, what: str) -> None:
    """Raise `Mismatch` unless `got` is an array or a number, which others can be compared with."""
    if not isinstance(got, (float, np.floating)):
        _as_array(got, like, what)


def fail(text: str, *, mistake: str = "") -> NoReturn:
    """Raise `Mismatch` with a sentence of the check's own, for what no comparison can say.

    mistake: the id of the known wrong answer that this is the signature of.
    """
    raise Mismatch("text", {"text": text}, mistake=mistake)


def tell_steps(steps: list[tuple[np.ndarray, np.ndarray]]) -> None:
    """Show a diagnosis all steps of an update: how w moved, and how it should have."""
    log = _log.get()
    if log is not None:
        log.steps = steps


def is_close(got: Any, expected: Any, tolerance: Tolerance = SAME_FORMULA) -> bool:
    """Whether `assert_close` would accept; nothing is logged."""
    with logging():
        try:
            assert_close(got, expected, what="", tolerance=tolerance)
        except Mismatch:
            return False
    return True


def relative_errors(got: np.ndarray, expected: np.ndarray, tolerance: Tolerance) -> np.ndarray:
    """The error of every element, in float64; see the module's docstring for the formula."""
    got, expected = got.astype(np.float64), expected.astype(np.float64)
    size = np.abs(expected)
    floor = max(FLOOR, tolerance.scale * float(size.max(initial=0.0)))
    result: np.ndarray = np.abs(got - expected) / np.maximum(np.abs(got) + size, floor)
    return result


def _as_array(got: Any, expected: np.ndarray, what: str) -> np.ndarray:
    if type(got) is np.ndarray:
        return got
    if expected.ndim == 0 and isinstance(got, (float, np.floating)):
        return np.asarray(got)
    described = got.type_name if isinstance(got, Opaque) else type(got).__name__
    got_and_expected = {"got": "None" if got is None else described, "expected": expected.shape}
    raise Mismatch("bad_item", {"what": what, **got_and_expected}, status="bad_output")


def _index(flat: np.integer[Any], shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(flat, shape))


def _show_index(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def _show_numbers(a: float, b: float) -> tuple[str, str]:
    """Both with as few digits (at least 4) as tell them apart."""
    for digits in range(4, 18):
        shown = f"{a:.{digits}g}", f"{b:.{digits}g}"
        if shown[0] != shown[1] and not math.isclose(
            float(shown[0]), float(shown[1]), rel_tol=10.0 ** -(digits - 1)
        ):
            break
    return shown
