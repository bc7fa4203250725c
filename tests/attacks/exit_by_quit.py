# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Calls quit(), as people do who come from the interactive prompt."""


def sgd_momentum(w, dw, config=None):
    quit()
