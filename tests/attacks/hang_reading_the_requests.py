# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Reads from every descriptor there is: it takes the grader's requests, or waits for them."""

import os


def sgd_momentum(w, dw, config=None):
    while True:
        for fd in range(64):
            try:
                os.read(fd, 1 << 16)
            except OSError:
                continue
