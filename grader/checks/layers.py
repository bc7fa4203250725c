"""Shared by the checks of normalization layers: inputs, and the judgement of a backward pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.checks.gradients import numeric_gradients
from grader.checks.unmodified import assert_unmodified
from grader.compare import (
    NUMERIC_GRADIENT,
    SAME_FORMULA,
    SINGLE_PRECISION,
    Mismatch,
    assert_close,
    note,
)

GRADIENTS = ("dx", "dgamma", "dbeta")


@dataclass(frozen=True)
class Pair:
    """A layer's forward and backward pass by name; `param(**values)` is the dict forward takes."""

    forward: str
    backward: str
    param: Callable[..., dict[str, Any]]


def draw_batch(rng: Any, rows: int = 0, columns: int = 0) -> tuple[np.ndarray, ...]:
    """x with features of different means and spreads, and gamma and beta.

    There are always more examples than features, so that one axis cannot pass for the other.
    """
    rows = rows or int(rng.integers(6, 10))
    columns = columns or int(rng.integers(3, 6))
    x = rng.uniform(0.5, 3.0, columns) * rng.standard_normal((rows, columns))
    x = x + rng.uniform(-4.0, 4.0, columns)
    return x, rng.uniform(0.5, 2.0, columns), rng.uniform(-1.0, 1.0, columns)


def assert_same_backward(
    pair: Pair,
    student: Any,
    reference: Any,
    verdicts: Any,
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    dout: np.ndarray,
    *,
    only: Any = GRADIENTS,
    where: str = "",
    **param: Any,
) -> None:
    """The gradients named in `only` are right.

    Right is what the reference gives; or, after a forward pass that is wrong in a known way, what
    centered differences of that forward pass give.
    """
    tolerance = SINGLE_PRECISION if x.dtype == np.float32 else SAME_FORMULA
    _, cache = student[pair.forward](x, gamma, beta, pair.param(**param))
    ours = student[pair.backward](dout, cache)
    _, right_cache = reference[pair.forward](x, gamma, beta, pair.param(**param))
    right = reference[pair.backward](dout, right_cache)
    chosen = [GRADIENTS.index(name) for name in only]
    try:
        for i in chosen:
            assert_close(ours[i], right[i], what=GRADIENTS[i], where=where, tolerance=tolerance)
    except Mismatch:
        if verdicts.known_mistake(pair.forward) is None or x.dtype == np.float32:
            raise
        numeric = _numeric(pair, student, x, gamma, beta, dout, **param)
        for i in chosen:
            assert_close(
                ours[i], numeric[i], what=GRADIENTS[i], where=where, tolerance=NUMERIC_GRADIENT
            )
        note("follow_through")


def assert_own_gradients(
    pair: Pair, student: Any, x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, dout: np.ndarray
) -> None:
    """All gradients agree with centered differences of the student's own forward pass."""
    _, cache = student[pair.forward](x, gamma, beta, pair.param())
    ours = student[pair.backward](dout, cache)
    numeric = _numeric(pair, student, x, gamma, beta, dout)
    for name, got, expected in zip(GRADIENTS, ours, numeric, strict=True):
        assert_close(got, expected, what=name, tolerance=NUMERIC_GRADIENT)


def assert_repeatable(
    pair: Pair,
    student: Any,
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    dout: np.ndarray,
    *,
    mistakes: dict[str, str] | None = None,
) -> None:
    """The backward pass changes neither dout nor the cache."""
    _, cache = student[pair.forward](x, gamma, beta, pair.param())
    first = student[pair.backward](dout, cache)
    second = student[pair.backward](dout, cache)
    assert_unmodified(student[pair.backward], mistakes=mistakes)
    for name, got, expected in zip(GRADIENTS, second, first, strict=True):
        assert_close(got, expected, what=name, where="second call with the same cache")


def _numeric(
    pair: Pair,
    student: Any,
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    dout: np.ndarray,
    **param: Any,
) -> list[np.ndarray]:
    forward = student[pair.forward]
    return numeric_gradients(
        forward,
        (x, gamma, beta),
        dout,
        lambda *inputs: forward.call(*inputs, pair.param(**param)),
    )
