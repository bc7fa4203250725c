# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Deletes every module from sys.modules and clears the dict of builtins that nothing needs."""

import sys

for name in list(sys.modules):
    if name not in ("sys", "builtins", "optim"):
        del sys.modules[name]


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
