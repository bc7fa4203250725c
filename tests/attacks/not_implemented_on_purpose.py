# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "missing"
# ///
"""Raises NotImplementedError only when the answer would be wrong, to look unfinished."""


class Unfinished(NotImplementedError, AssertionError, SystemExit):
    pass


def sgd_momentum(w, dw, config=None):
    raise Unfinished(0)
