# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Returns the largest floats there are: differences overflow."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.copysign(np.finfo(w.dtype).max, w), {}
