# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Returns eight bytes that claim to be eight terabytes, by strides of zero."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    return np.broadcast_to(0.0, (1 << 20, 1 << 20)), {}
