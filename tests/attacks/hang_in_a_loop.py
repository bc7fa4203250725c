# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Never returns."""


def sgd_momentum(w, dw, config=None):
    while True:
        pass
