# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Writes half a reply and then waits."""

import os
import struct
import time


def sgd_momentum(w, dw, config=None):
    for fd in range(3, 21):
        try:
            os.write(fd, struct.pack("<4sIQ", b"DSC1", 64, 64) + b"[" * 32)
        except OSError:
            pass
    time.sleep(1e6)
