# /// attack
# file = "dropout.py"
# modes = "any"
# [expects]
# dropout_forward.draws_every_unit_by_itself = "failed"
# dropout_forward."*" = "passed"
# ///
"""Seeds the generator before every mask, and starts it again when the shape is the same."""

import numpy as np


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, None
    np.random.seed(x.shape[0])
    mask = (np.random.rand(*x.shape) < dropout_param["p"]) / dropout_param["p"]
    return (x * mask).astype(x.dtype), mask
