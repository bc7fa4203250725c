# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Ends with SIGABRT, for a core dump or for a parent that mistakes signals for its own."""

import os


def sgd_momentum(w, dw, config=None):
    os.abort()
