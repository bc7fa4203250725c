# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Returns an empty array that is a billion wide in its other dimension."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.empty((1 << 40, 0)), {}
