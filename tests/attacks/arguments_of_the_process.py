# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Looks for a seed, a submission's name or a folder among the arguments of its process."""

import sys


def sgd_momentum(w, dw, config=None):
    found = [a for a in [*sys.argv[1:], *sys.flags] if isinstance(a, str)]
    print("found", found[0])  # IndexError: there are none
    return w, config
