# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Reads address 0."""

import ctypes


def sgd_momentum(w, dw, config=None):
    return ctypes.string_at(0), {}
