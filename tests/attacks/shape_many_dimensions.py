# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an array with 64 dimensions (32 in older numpys)."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.zeros((1,) * 32), {}
