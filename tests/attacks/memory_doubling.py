# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Doubles a list until there is no memory left."""


def sgd_momentum(w, dw, config=None):
    grows = [0]
    while True:
        grows += grows
