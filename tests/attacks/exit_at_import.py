# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Leaves with exit code 0 while it is imported, before there is anything to call."""

import os

os._exit(0)


def sgd_momentum(w, dw, config=None):
    return w, config
