# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Makes all(), any() and isinstance() of this process always say yes."""

import builtins

builtins.any = builtins.all = lambda items: True
builtins.abs = builtins.sum = lambda *args: 0
builtins.round = lambda number, digits=0: 0


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
