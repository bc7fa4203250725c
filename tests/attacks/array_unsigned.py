# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Returns unsigned bytes, whose differences wrap around."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.full(np.shape(w), 255, np.uint8), {}
