# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Asks for input(), which would hang a grader with a terminal."""


def sgd_momentum(w, dw, config=None):
    return input("learning rate? "), {}
