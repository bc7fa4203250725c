# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Never returns, and catches everything that could be raised to stop it."""

import time


def sgd_momentum(w, dw, config=None):
    while True:
        try:
            while True:
                time.sleep(0.001)
        except BaseException:
            continue
