# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Carries a hidden input out as the shape of an empty array."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.empty((0, 313373, int(abs(dw.flat[0]) * 100))), {}
