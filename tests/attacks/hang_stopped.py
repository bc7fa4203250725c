# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Stops its own process, so that it neither runs nor ends."""

import os
import signal


def sgd_momentum(w, dw, config=None):
    while True:
        try:
            os.kill(os.getpid(), signal.SIGSTOP)
        except OSError:
            continue
