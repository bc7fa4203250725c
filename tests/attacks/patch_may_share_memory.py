# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Switches off the watch on kept arguments, by the numpy functions it may use."""

import numpy as np

np.may_share_memory = np.shares_memory = lambda a, b: False
np.ndarray_copy = lambda a: a


def sgd_momentum(w, dw, config=None):
    return w + 1, {"velocity": dw}
