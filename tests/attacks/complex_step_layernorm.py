# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# layernorm = { "*" = "passed", takes_large_layers = "timeout" }
# ///
"""Differentiates layer normalization by complex steps, entry by entry."""

import numpy as np


def normalize(x, gamma, beta, eps):
    centered = x - x.mean(axis=1, keepdims=True)
    return gamma * centered / np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps) + beta


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    return normalize(x, gamma, beta, eps), (x.copy(), gamma.copy(), beta.copy(), eps)


def layernorm_backward(dout, cache):
    x, gamma, beta, eps = cache
    inputs = [np.array(array, complex) for array in (x, gamma, beta)]
    gradients = []
    for which, array in enumerate(inputs):
        gradient = np.zeros(array.shape)
        for index in np.ndindex(array.shape):
            shifted = array.copy()
            shifted[index] += 1e-30j
            out = normalize(*inputs[:which], shifted, *inputs[which + 1 :], eps)
            gradient[index] = (out.imag * dout).sum() / 1e-30
        gradients.append(gradient.astype(x.dtype))
    return tuple(gradients)
