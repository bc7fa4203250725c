# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Allocates an array of a terabyte."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.ones(1 << 37), {}
