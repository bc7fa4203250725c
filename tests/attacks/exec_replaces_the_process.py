# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Becomes /bin/true, which exits with code 0."""

import os


def sgd_momentum(w, dw, config=None):
    os.execv("/bin/true", ["true"])
    raise RuntimeError("still here")
