# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Answers every question twice, so that each check reads the answer to the one before."""

import os
import struct


def sgd_momentum(w, dw, config=None):
    header = b'["imported"]    '
    for fd in range(3, 21):
        try:
            os.write(fd, struct.pack("<4sIQ", b"DSC1", len(header), 0) + header)
        except OSError:
            pass
    return w, {}
