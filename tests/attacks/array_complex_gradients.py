# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# batchnorm_backward = { "*" = "failed", leaves_inputs_alone = "passed", keeps_caches_apart = "passed" }
# ///
"""Returns complex gradients with the right real part: a cast would drop what is wrong."""

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
    x, gamma, _, eps = cache
    x_hat = normalize(x, 1, 0, eps)
    dbeta, dgamma = dout.sum(axis=0), (dout * x_hat).sum(axis=0)
    dx = gamma / np.sqrt(x.var(axis=0) + eps) * (dout - (dbeta + x_hat * dgamma) / len(x))
    return dx + 5j, dgamma + 5j, dbeta + 5j
