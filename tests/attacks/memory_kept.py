# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Catches MemoryError and keeps everything it got, so that nothing is left for the reply."""

hoard = []


def sgd_momentum(w, dw, config=None):
    size = 1 << 26
    while size > 1 << 16:
        try:
            while True:
                hoard.append(bytearray(size))
        except MemoryError:
            size //= 2
    return bytearray(1 << 26), {}
