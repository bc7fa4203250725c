# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Multiplies matrices for minutes inside numpy."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.linalg.matrix_power(np.ones((1500, 1500)), (1 << 4000) - 1), {}
