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
    require_array,
)

GRADIENTS = ("dx", "dgamma", "dbeta")


@dataclass(frozen=True)
class Pair:
    """A layer's forward and backward pass by name; `param(**values)` is the dict forward takes."""

    forward: str
    backward: str
    param: Callable[..., dict[str, Any]]


def draw_batch(
    rng: Any, rows: int = 0, columns: int = 0, *, axis: int = 0, low: float = 2.0, high: float = 3.0
) -> tuple[np.ndarray, ...]:
    """x of different means and spreads, and gamma and beta.

    axis: 0 for a mean and a spread of each feature, 1 for those of each example
    low, high: the spreads, which are exact. Beside a variance that came out small by chance, eps
        would be felt as in no other batch, and a check would notice a mistake now and then.

    There are always more examples than features, so that one axis cannot pass for the other.
    """
    rows = rows or int(rng.integers(6, 10))
    columns = columns or int(rng.integers(3, 6))
    x = rng.standard_normal((rows, columns))
    x = (x - x.mean(axis, keepdims=True)) / x.std(axis, keepdims=True)
    shape = (1, columns) if axis == 0 else (rows, 1)
    x = rng.uniform(low, high, shape) * x + rng.uniform(-4.0, 4.0, shape)
    return x, rng.uniform(0.5, 2.0, columns), rng.uniform(-1.0, 1.0, columns)


def assert_same_again(got: Any, before: Any, *, what: str, where: str) -> None:
    """A second call gave what the first gave: if that was no number, then no number again."""
    if not (type(got) is np.ndarray and np.array_equal(got, before, equal_nan=True)):
        assert_close(got, before, what=what, where=where)


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
        if verdicts.known_mistake(pair.forward) is None:
            raise
        # Differences of float32 results would be noise.
        exact = (array.astype(np.float64) for array in (x, gamma, beta, dout))
        numeric = _numeric(pair, student, *exact, **param)
        if x.dtype == np.float64:
            tolerance = NUMERIC_GRADIENT
        for i in chosen:
            expected = numeric[i].astype(x.dtype)
            assert_close(ours[i], expected, what=GRADIENTS[i], where=where, tolerance=tolerance)
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
    for name, got, like in zip(GRADIENTS, first, (x, gamma, beta), strict=True):
        require_array(got, like, name)
    second = student[pair.backward](dout, cache)
    assert_unmodified(student[pair.backward], mistakes=mistakes)
    for name, got, before in zip(GRADIENTS, second, first, strict=True):
        assert_same_again(got, before, what=name, where="second call with the same cache")


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
