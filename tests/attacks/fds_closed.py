# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Closes every descriptor, and the reply has nowhere to go."""

import os


def sgd_momentum(w, dw, config=None):
    os.closerange(0, 256)
    return w, config
