# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Replies with JSON nested a million times, and JSON with a number of a million digits."""

import os
import struct


def sgd_momentum(w, dw, config=None):
    header = b"[" * (1 << 20) if config is None else b"[" + b"9" * (1 << 20) + b"]"
    for fd in range(3, 21):
        try:
            os.write(fd, struct.pack("<4sIQ", b"DSC1", len(header), 0) + header)
        except OSError:
            pass
    return w, {}
