# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns the right numbers in the other byte order: comparing bytes would go wrong."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.zeros(np.shape(w), ">f8"), {}
