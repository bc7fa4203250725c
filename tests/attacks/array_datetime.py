# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns dates that are not a time."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.full(np.shape(w), np.datetime64("NaT")), {}
