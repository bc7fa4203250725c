# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an empty array: all() of nothing is true, and the largest error of nothing is zero."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.empty((0, *np.shape(w)), w.dtype), {}
