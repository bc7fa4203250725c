"""Numeric gradients by finite differences, and the relative error that compares them.

Use float64: with float32 the rounding of f drowns the difference. Typical: a correct gradient
agrees to 1e-6 or better, and a kink (relu at 0) next to x spoils single entries.
Source: the CS231n notes, "Gradient checks".
"""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
Method = Literal["centered", "forward", "backward"]
Index = tuple[int, ...]


def rel_error(x: ArrayLike, y: ArrayLike) -> float:
    """max |x - y| / max(1e-8, |x| + |y|) over all entries; 0 when equal, 1 when signs differ.

    NaN when either holds a NaN or an infinity, 0.0 for empty arrays; ValueError when the shapes
    differ (they are not broadcast).
    """
    a, b = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if a.shape != b.shape:
        raise ValueError(f"cannot compare shapes {a.shape} and {b.shape}")
    if a.size == 0:
        return 0.0
    with np.errstate(invalid="ignore"):
        return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))


def numeric_gradient(
    f: Callable[[Array], Any], x: Array, h: float = 1e-5, method: Method = "centered"
) -> Array:
    """Gradient of a scalar function f at x, one entry of x at a time.

    method: "centered" (f(x + h) - f(x - h)) / 2h, error O(h^2); "forward" (f(x + h) - f(x)) / h
    and "backward" (f(x) - f(x - h)) / h, error O(h)

    x is changed in place around each call, and restored even when f raises: f may close over x
    (a parameter of a net, say) instead of reading its argument. x may be non-contiguous.

    Returns a float64 array of x's shape.
    """
    grad = np.zeros(x.shape)
    for index, slope in _slopes(f, x, h, method, np.ndindex(x.shape)):
        if slope.size != 1:
            raise ValueError(f"f must return a number, got shape {slope.shape}")
        grad[index] = slope.item()
    return grad


def numeric_gradient_array(
    f: Callable[[Array], Any], x: Array, df: ArrayLike, h: float = 1e-5, method: Method = "centered"
) -> Array:
    """Gradient of sum(f(x) * df) with respect to x, for a function that returns an array.

    This is what a backward pass computes from dout = df (a vector-Jacobian product). df must have
    the shape of f(x). Otherwise as `numeric_gradient`.
    """
    upstream = np.asarray(df, np.float64)
    grad = np.zeros(x.shape)
    for index, slope in _slopes(f, x, h, method, np.ndindex(x.shape)):
        if slope.shape != upstream.shape:
            raise ValueError(f"f(x) has shape {slope.shape}, but df has {upstream.shape}")
        grad[index] = np.sum(slope * upstream)
    return grad


def sampled_rel_errors(
    f: Callable[[Array], Any],
    x: Array,
    analytic: Array,
    num_checks: int = 10,
    h: float = 1e-5,
    rng: np.random.Generator | int | None = None,
) -> Array:
    """Relative errors of `analytic` against centered differences at randomly drawn entries.

    For parameters too large to check whole (CS231n's grad_check_sparse). Returns (num_checks,).
    """
    if analytic.shape != x.shape:
        raise ValueError(f"the gradient has shape {analytic.shape}, but x has {x.shape}")
    generator = np.random.default_rng(rng)
    indices = [tuple(int(generator.integers(n)) for n in x.shape) for _ in range(num_checks)]
    slopes = _slopes(f, x, h, "centered", iter(indices))
    return np.array([rel_error(slope.item(), analytic[index]) for index, slope in slopes])


def _slopes(
    f: Callable[[Array], Any], x: Array, h: float, method: Method, indices: Iterator[Index]
) -> Iterator[tuple[Index, Array]]:
    """(index, slope of f along that entry of x) for every index."""
    if not np.issubdtype(x.dtype, np.floating):
        raise TypeError(f"x must hold floats to be moved by h={h}, got {x.dtype}")
    if method not in ("centered", "forward", "backward"):
        raise ValueError(f'method must be "centered", "forward" or "backward", got {method!r}')
    up = 0.0 if method == "backward" else h
    down = 0.0 if method == "forward" else h

    for index in indices:
        old = x[index]
        try:
            x[index] = old + up
            high, f_high = float(x[index]), _value(f, x)
            x[index] = old - down
            low, f_low = float(x[index]), _value(f, x)
        finally:
            x[index] = old
        # The step really taken: x + h is rounded to x's dtype.
        if high == low:
            raise ValueError(f"h={h} is lost in rounding at x={old} ({x.dtype})")
        yield index, (f_high - f_low) / (high - low)


def _value(f: Callable[[Array], Any], x: Array) -> Array:
    # A copy: f may return x itself, or the same buffer at every call.
    return np.array(f(x), np.float64)
