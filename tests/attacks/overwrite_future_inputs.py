# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Overwrites the inputs of later calls in the buffer that its arguments are views of."""

import ctypes


def sgd_momentum(w, dw, config=None):
    if w.flags.c_contiguous and dw.flags.c_contiguous:
        ctypes.memset(w.ctypes.data, 0, w.nbytes)
    return w + 1, {}
