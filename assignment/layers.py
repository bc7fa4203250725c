"""The layers a fully-connected net is made of, and its two losses.

Every layer is a pair of functions, as in CS231n:

    out, cache = <layer>_forward(x, ...)   computes the output and keeps what backward will need
    dx, ... = <layer>_backward(dout, cache)   turns the gradient of the loss with respect to the
                                              output into gradients with respect to the inputs

Results have the dtype of their inputs: float32 in, float32 out.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def affine_forward(x: Array, w: Array, b: Array) -> tuple[Array, tuple[Array, Array, Array]]:
    """Compute out = x w + b for a batch.

    x: (N, d_1, ..., d_k), read as N rows of D = d_1 * ... * d_k values
    w: (D, M);  b: (M,)

    Returns out (N, M) and the cache (x, w, b).
    """
    out = x.reshape(x.shape[0], w.shape[0]) @ w + b
    return out, (x, w, b)


def affine_backward(dout: Array, cache: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
    """Backward pass of `affine_forward`.

    dout: (N, M)

    Returns dx (shape of x), dw (D, M), db (M,).
    """
    x, w, _ = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw, db = affine_parameter_gradients(dout, cache)
    return dx, dw, db


def affine_parameter_gradients(
    dout: Array, cache: tuple[Array, Array, Array]
) -> tuple[Array, Array]:
    """The half of `affine_backward` that a net's first layer needs: dw (D, M) and db (M,).

    Nobody reads the gradient of the images themselves, and in the first layer that product is
    the most expensive of the whole backward pass.
    """
    x, w, _ = cache
    rows = x.reshape(x.shape[0], w.shape[0])
    return rows.T @ dout, dout.sum(axis=0)


def relu_forward(x: Array) -> tuple[Array, Array]:
    """Compute max(0, x), elementwise, for x of any shape. Returns out and the cache x."""
    return np.maximum(x, 0), x


def relu_backward(dout: Array, cache: Array) -> Array:
    """Backward pass of `relu_forward`: dout where x was positive, 0 elsewhere (also at x = 0)."""
    x = cache
    return dout * (x > 0)


def softmax_loss(x: Array, y: Array) -> tuple[float, Array]:
    """Mean cross-entropy of the softmax of the scores: -log(exp(x_y) / sum_j exp(x_j)).

    x: (N, C) scores;  y: (N,) integer labels, 0 <= y < C

    Returns the loss (nats per example) and dx (N, C).
    """
    N = x.shape[0]
    rows = np.arange(N)
    # Softmax does not change when a row is shifted; with its maximum at 0 no exp can overflow.
    shifted = x - x.max(axis=1, keepdims=True)
    probabilities = np.exp(shifted)
    totals = probabilities.sum(axis=1, keepdims=True)
    # log(totals) - shifted rather than -log(probabilities): a probability may round to 0.
    losses = np.log(totals[:, 0]) - shifted[rows, y]

    dx = np.divide(probabilities, totals, out=probabilities)
    dx[rows, y] -= 1
    dx /= N
    return float(losses.mean(dtype=np.float64)), dx


def svm_loss(x: Array, y: Array) -> tuple[float, Array]:
    """Mean multiclass hinge loss (Weston and Watkins): sum over j != y of max(0, x_j - x_y + 1).

    x: (N, C) scores;  y: (N,) integer labels, 0 <= y < C

    Returns the loss (per example) and dx (N, C).
    """
    N = x.shape[0]
    rows = np.arange(N)
    margins = np.maximum(x - x[rows, y][:, np.newaxis] + 1, 0)
    margins[rows, y] = 0

    dx = (margins > 0).astype(x.dtype)
    dx[rows, y] -= dx.sum(axis=1)
    dx /= N
    return float(margins.sum(dtype=np.float64)) / N, dx
