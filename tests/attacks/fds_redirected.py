# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Puts /dev/null over every descriptor: the reply goes there and the next request is empty."""

import os


def sgd_momentum(w, dw, config=None):
    read, write = os.pipe()
    for fd in range(3, 64):
        if fd not in (read, write):
            os.dup2(write if fd % 2 == 0 else read, fd)
    os.close(write)
    os.closerange(3, 64)
    return w, config
