# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Catches MemoryError and keeps everything it got, so that nothing is left for the reply."""

import numpy as np

hoard = []


def sgd_momentum(w, dw, config=None):
    size = 1 << 26
    while size > 1 << 16:
        try:
            while True:
                hoard.append(np.empty(size, np.uint8))
        except MemoryError:
            size //= 2
    return np.empty(1 << 26, np.uint8), {}
