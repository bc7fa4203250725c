# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Empties the list of watched arguments in the caller's frame, then writes into dw."""

import sys


def sgd_momentum(w, dw, config=None):
    watched = sys._getframe(1).f_locals.get("watched", [])
    del watched[:]
    return w + 1, {}
