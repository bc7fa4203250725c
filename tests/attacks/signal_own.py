# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Kills its own process with SIGKILL, as the grader does, to be taken for a time-out."""

import os
import signal


def sgd_momentum(w, dw, config=None):
    os.kill(os.getpid(), signal.SIGKILL)
