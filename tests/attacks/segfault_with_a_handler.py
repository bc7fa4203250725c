# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Turns on faulthandler with a watchdog that leaves with exit code 1 by itself."""

import faulthandler
import time


def sgd_momentum(w, dw, config=None):
    faulthandler.dump_traceback_later(0.05, exit=True)
    time.sleep(0.5)
    raise RuntimeError("the watchdog did not come")
