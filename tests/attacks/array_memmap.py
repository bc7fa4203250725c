# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns a memory map, whose contents could be changed after they were compared."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.zeros_like(w).view(np.memmap), {}
