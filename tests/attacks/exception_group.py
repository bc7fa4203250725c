# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Raises an exception whose traceback and context run in circles, inside a group."""


def sgd_momentum(w, dw, config=None):
    first, second = ValueError("\x1b[2Jpassed"), KeyError("\ud800")
    first.__context__, second.__context__ = second, first
    first.__notes__ = ["sgd_momentum 10/10"]
    raise BaseExceptionGroup("all passed", [first, second, SystemExit(0)])
