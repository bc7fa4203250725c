# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns long doubles, whose bytes differ from machine to machine."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.zeros(np.shape(w), "g" if np.dtype("g").itemsize > 8 else "O"), {}
