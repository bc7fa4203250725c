# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Writes a reply byte by byte, for a deadline that starts again with every byte."""

import os
import struct
import time


def sgd_momentum(w, dw, config=None):
    for byte in struct.pack("<4sIQ", b"DSC1", 1 << 20, 0) + b" " * 1000:
        for fd in range(3, 21):
            try:
                os.write(fd, bytes([byte]))
            except OSError:
                pass
        time.sleep(0.02)
    time.sleep(1e6)
