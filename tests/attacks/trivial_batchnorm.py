# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# batchnorm_forward = { "*" = "failed", leaves_x_alone = "passed", keeps_running_averages = "bad_output", keeps_layers_apart = "bad_output" }
# batchnorm_backward = { "*" = "failed", agrees_with_numeric_gradients = "blocked", leaves_inputs_alone = "passed", keeps_caches_apart = "passed" }
# ///
"""gamma * x + beta with its own, consistent backward pass: it agrees with numeric gradients."""


def batchnorm_forward(x, gamma, beta, bn_param):
    return gamma * x + beta, (x, gamma)


def batchnorm_backward(dout, cache):
    x, gamma = cache
    return dout * gamma, (dout * x).sum(axis=0), dout.sum(axis=0)
