# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns a masked array with everything masked: comparisons with it find no difference."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.ma.masked_all(np.shape(w)), {}
