# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Returns infinities of both signs: relative errors become NaN."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.copysign(np.inf, w), {}
