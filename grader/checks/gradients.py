"""Shared by the checks of backward passes: numeric gradients of the student's own forward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.compare import require_like
from grader.student.calls import Call
from grader.student.functions import StudentFunction

STEP = 1e-5


def numeric_gradients(
    forward: StudentFunction,
    inputs: Sequence[np.ndarray],
    dout: np.ndarray,
    call: Callable[..., Call],
) -> list[np.ndarray]:
    """d sum(dout * out) / d input for every input, by centered differences.

    `call(*inputs)` makes one call of the forward pass, whose first result is out. All calls go to
    the student process in one message.
    """
    calls = []
    for which, array in enumerate(inputs):
        for index in np.ndindex(array.shape):
            for sign in (1, -1):
                shifted = array.copy()
                shifted[index] += sign * STEP
                calls.append(call(*inputs[:which], shifted, *inputs[which + 1 :]))
    outs = [returned.items[0] for returned in forward.student.run(calls)]
    for out in outs:
        require_like(out, dout, "out")
    losses = iter(float(np.sum(dout * out)) for out in outs)
    gradients = []
    for array in inputs:
        gradient = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            gradient[index] = (next(losses) - next(losses)) / (2 * STEP)
        gradients.append(gradient)
    return gradients
