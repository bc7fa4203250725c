# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# batchnorm_forward = { "*" = "failed", keeps_running_averages = "bad_output", keeps_layers_apart = "bad_output", leaves_x_alone = "passed" }
# ///
"""Hides handles and references in the running statistics that the grader sends back."""

import sys

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    frame = sys._getframe()
    while "wire" not in frame.f_globals:
        frame = frame.f_back
    wire = frame.f_globals["wire"]
    bn_param["running_mean"] = [wire.Handle(-1), wire.Ref(99, 7), wire.Opaque("ndarray")]
    bn_param["running_var"] = {"": wire.Ref(0)}
    return np.zeros_like(x), None
