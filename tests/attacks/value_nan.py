# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Returns NaN: no comparison with it is true, not even that the error is too large."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.full_like(w, np.nan), {}
