# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an array of strings."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.full(np.shape(w), "nan"), {}
