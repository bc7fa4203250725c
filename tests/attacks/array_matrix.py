# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns np.matrix, for which * is the matrix product and rows stay rows."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.matrix(np.zeros((3, 3))), {}
