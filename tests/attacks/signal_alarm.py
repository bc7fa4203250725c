# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Sets an interval timer whose signal kills the process during the call."""

import signal
import time


def sgd_momentum(w, dw, config=None):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.5)
    raise RuntimeError("no alarm")
