# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Returns an object whose __class__ says np.float64 and whose bytes are as many as it likes."""

import numpy as np


class Liar:
    __class__ = np.float64
    dtype = np.dtype("f8")
    shape = ()

    def tobytes(self, order="C"):
        return b"\x00" * 4096


def sgd_momentum(w, dw, config=None):
    return Liar(), {}
