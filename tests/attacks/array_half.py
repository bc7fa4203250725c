# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Returns half precision, hoping that everything is rounded to it before it is compared."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.asarray(w, np.float16), {}
