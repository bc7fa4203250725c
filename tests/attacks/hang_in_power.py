# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Computes a huge power of an int: one bytecode, during which no signal handler runs."""


def sgd_momentum(w, dw, config=None):
    return 3 ** (3**18), {}
