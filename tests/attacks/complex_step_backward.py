# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# batchnorm_backward = { "*" = "passed", takes_large_batches = "timeout" }
# ///
"""Differentiates its own forward pass by complex steps, which have no rounding to be found out by."""

import numpy as np


def normalize(x, gamma, beta, eps):
    centered = x - x.mean(axis=0)
    return gamma * centered / np.sqrt((centered**2).mean(axis=0) + eps) + beta


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    mean = bn_param.get("running_mean", np.zeros(x.shape[1], x.dtype))
    var = bn_param.get("running_var", np.zeros(x.shape[1], x.dtype))
    if bn_param["mode"] == "test":
        return gamma * (x - mean) / np.sqrt(var + eps) + beta, None
    bn_param["running_mean"] = momentum * mean + (1 - momentum) * x.mean(axis=0)
    bn_param["running_var"] = momentum * var + (1 - momentum) * x.var(axis=0)
    return normalize(x, gamma, beta, eps), (x.copy(), gamma.copy(), beta.copy(), eps)


def batchnorm_backward(dout, cache):
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
