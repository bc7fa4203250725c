# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Lowers the recursion limit, so that the code which runs it fails in its place."""

import sys


def sgd_momentum(w, dw, config=None):
    for limit in range(1, 1000):
        try:
            sys.setrecursionlimit(limit)
            break
        except RecursionError:
            continue
    return w, {"nested": [[[[[[[[[[[[]]]]]]]]]]]]}
