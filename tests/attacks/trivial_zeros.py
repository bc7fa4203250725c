# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# batchnorm_forward = { "*" = "failed", leaves_x_alone = "passed", keeps_running_averages = "bad_output", keeps_layers_apart = "bad_output" }
# batchnorm_backward = { "*" = "failed", agrees_with_numeric_gradients = "blocked", leaves_inputs_alone = "passed", keeps_caches_apart = "passed" }
# ///
"""Zeros forward and zeros backward, which are the right gradients of zeros."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    return np.zeros_like(x), gamma


def batchnorm_backward(dout, cache):
    return np.zeros_like(dout), np.zeros_like(cache), np.zeros_like(cache)
