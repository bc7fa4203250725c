# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Raises an exception whose str() never returns."""


class Endless(Exception):
    def __str__(self):
        while True:
            pass


def sgd_momentum(w, dw, config=None):
    raise Endless
