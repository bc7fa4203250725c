# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Returns an object that poses as a numpy scalar but whose tobytes() gives no bytes."""

import numpy as np


class Liar:
    __class__ = np.float64
    dtype = np.dtype("f8")

    def tobytes(self, order="C"):
        return ["not", "bytes"]


def sgd_momentum(w, dw, config=None):
    return Liar(), {}
