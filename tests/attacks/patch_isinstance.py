# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Makes isinstance() always say yes, so that whatever is checked is of the right type."""

import builtins


def sgd_momentum(w, dw, config=None):
    builtins.isinstance = lambda thing, types: True
    return w + 1, {}
