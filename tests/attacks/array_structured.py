# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns a structured array, with a field named after what it wants to be."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.zeros(np.shape(w), [("float64", "f8"), ("score", "i8")]), {}
