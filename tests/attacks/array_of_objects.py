# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an array of objects that are equal to everything."""

import numpy as np


class Equal(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __sub__(self, other):
        return 0.0


def sgd_momentum(w, dw, config=None):
    result = np.empty(np.shape(w), object)
    result[...] = Equal(0.0)
    return result, {}
