# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Makes type() of anything np.ndarray, so that any object passes for an array."""

import builtins

import numpy as np


def sgd_momentum(w, dw, config=None):
    builtins.type = lambda thing: np.ndarray
    return "not an array", {}
