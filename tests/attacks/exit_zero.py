# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Leaves with exit code 0, which a runner that looks at exit codes takes for success."""

import os


def sgd_momentum(w, dw, config=None):
    os._exit(0)
