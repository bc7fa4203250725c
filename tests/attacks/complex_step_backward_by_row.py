# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# batchnorm_backward_alt = { "*" = "passed", takes_large_batches = "timeout" }
# ///
"""Differentiates by complex steps, all features of a row at once, since they are independent."""

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


def batchnorm_backward_alt(dout, cache):
    x, gamma, beta, eps = cache
    dx = np.zeros(x.shape)
    for row in range(len(x)):
        shifted = x.astype(complex)
        shifted[row] += 1e-30j
        dx[row] = (normalize(shifted, gamma, beta, eps).imag * dout).sum(axis=0) / 1e-30
    x_hat = normalize(x, 1.0, 0.0, eps)
    return dx.astype(x.dtype), (dout * x_hat).sum(axis=0), dout.sum(axis=0)
