# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Sums an endless iterator, in C."""

import itertools


def sgd_momentum(w, dw, config=None):
    return sum(itertools.repeat(1)), {}
