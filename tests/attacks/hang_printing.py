# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Prints without end."""


def sgd_momentum(w, dw, config=None):
    while True:
        print("sgd_momentum 10/10 " * 1000)
