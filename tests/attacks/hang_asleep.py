# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Sleeps in place of computing: a limit on processor time alone never ends it."""

import time


def sgd_momentum(w, dw, config=None):
    time.sleep(1e6)
