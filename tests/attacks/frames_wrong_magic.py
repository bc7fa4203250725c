# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Writes text where a reply should be, as a print to the wrong descriptor does."""

import os


def sgd_momentum(w, dw, config=None):
    for fd in range(3, 21):
        try:
            os.write(fd, b"all tests passed\n" * 10)
        except OSError:
            pass
    return w, {}
