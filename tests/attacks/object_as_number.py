# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an object that turns into whatever it is converted to, by __float__ and __array__."""

import numpy as np


class Anything:
    def __array__(self, dtype=None, copy=None):
        print("somebody called __array__")
        return np.zeros((3, 3))

    def __float__(self):
        print("somebody called __float__")
        return 0.0

    __index__ = __int__ = lambda self: 0
    __len__ = lambda self: 3
    __getitem__ = lambda self, index: 0.0


def sgd_momentum(w, dw, config=None):
    return Anything(), {}
