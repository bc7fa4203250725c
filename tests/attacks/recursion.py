# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Recurses until the C stack is used up, having lifted Python's own limit."""

import sys


class Deep:
    def __eq__(self, other):
        return [self] == [Deep()]

    def __repr__(self):
        return f"{[self]!r}"


def sgd_momentum(w, dw, config=None):
    sys.setrecursionlimit(1 << 30)
    return Deep() == Deep(), repr(Deep())
