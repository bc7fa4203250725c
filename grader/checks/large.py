"""Shared by the checks of backward passes on large inputs: a formula takes milliseconds there.

Numeric differentiation of the forward pass gives the right numbers, the complex step even to the
last digit; only its cost tells it from a backward pass. The inputs are long along the axis that is
normalized over, because the other one can be done at a stroke: 5,000 forward passes, which take 6 s
of processor time, where a formula takes 2 ms and a Python loop 0.1 s.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.checks.layers import GRADIENTS, Pair
from grader.compare import NUMERIC_GRADIENT, Mismatch, assert_close, note, require_like

COPIES = 100  # of what is drawn: recordings stay small
STRIDE = 101
SECONDS = 1.5
SLOW_SECONDS = 0.05
STEP = 1e-5


def enlarged(array: np.ndarray, axis: int) -> np.ndarray:
    """Many copies along an axis, each a little different."""
    return np.concatenate([array * (1 + copy / COPIES) for copy in range(COPIES)], axis)


def assert_takes_large(
    pair: Pair,
    student: Any,
    reference: Any,
    verdicts: Any,
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    dout: np.ndarray,
) -> None:
    """The backward pass keeps within its budget of processor time, and its gradients are right."""
    _, cache = student[pair.forward](x, gamma, beta, pair.param())
    before = student.processor_seconds
    with student.within(SECONDS):
        ours = student[pair.backward](dout, cache)
    used = student.processor_seconds - before
    if used > SLOW_SECONDS:
        note("note_slow", function=pair.backward, seconds=round(used, 2))

    def some_of_dx(functions: Any) -> list[np.ndarray]:
        _, cache = functions[pair.forward](x, gamma, beta, pair.param())
        dx, dgamma, dbeta = functions[pair.backward](dout, cache)
        return [dx.ravel()[::STRIDE], dgamma.ravel()[::STRIDE], dbeta.ravel()[::STRIDE]]

    right = reference.computed(some_of_dx)
    try:
        for name, got, expected in zip(GRADIENTS, ours, right, strict=True):
            assert_close(_some_of(got), expected, what=f"{name}.ravel()[::{STRIDE}]")
    except Mismatch:
        if verdicts.known_mistake(pair.forward) is None:
            raise
        require_like(ours[0], x, GRADIENTS[0])
        # After a forward pass that is wrong in a known way: its slope in one direction.
        shifted = [
            student[pair.forward](x + sign * STEP * dout, gamma, beta, pair.param())[0]
            for sign in (1, -1)
        ]
        for out in shifted:
            require_like(out, x, "out")
        slope = np.sum(dout * (shifted[0] - shifted[1])) / (2 * STEP)
        assert_close(
            np.sum(ours[0] * dout), slope, what="dx along dout", tolerance=NUMERIC_GRADIENT
        )
        note("follow_through")


def _some_of(got: Any) -> Any:
    return got.ravel()[::STRIDE] if type(got) is np.ndarray else got
