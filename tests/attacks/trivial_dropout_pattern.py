# /// attack
# file = "dropout.py"
# modes = "any"
# [expects]
# dropout_forward.draws_every_unit_by_itself = "failed"
# dropout_forward."*" = "passed"
# ///
"""A fixed pattern with exactly the right share of units in place of random ones."""

import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test" or p == 1:
        return x, None
    mask = (np.arange(x.size) * 0.6180339887498949 % 1 < p).reshape(x.shape)
    return x * mask.astype(x.dtype) / x.dtype.type(p), mask
