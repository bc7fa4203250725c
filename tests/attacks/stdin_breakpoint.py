# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Leaves a breakpoint() in."""


def sgd_momentum(w, dw, config=None):
    breakpoint()
    return w, config
