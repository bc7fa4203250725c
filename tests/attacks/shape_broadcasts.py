# /// attack
# file = "normalization.py"
# modes = "any"
# [expects]
# batchnorm_forward = { "*" = "failed", leaves_x_alone = "passed" }
# ///
"""Returns one row of zeros where a batch is meant: it broadcasts against the expected one."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    bn_param["running_mean"] = bn_param["running_var"] = np.zeros((1,))
    return beta.reshape(1, -1), None
