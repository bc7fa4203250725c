# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an array whose differences are zero, whose bytes are others and whose ufuncs agree."""

import numpy as np


class Agreeable(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return np.zeros(self.shape)

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __sub__

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def tobytes(self, order="C"):
        return bytes(self.nbytes)

    def copy(self, order="C"):
        return self


def sgd_momentum(w, dw, config=None):
    return np.ones_like(w).view(Agreeable), {}
