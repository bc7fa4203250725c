# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an array without dimensions, which broadcasts to any shape."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.array(0.0), {}
