# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Starts threads without end."""

import _thread
import time


def sgd_momentum(w, dw, config=None):
    while True:
        _thread.start_new_thread(time.sleep, (1e6,))
