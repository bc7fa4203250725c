# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Writes well-formed replies to every descriptor before anything is asked."""

import json
import os
import struct

ANSWER = {"status": "returned", "value": [0.0, {"d": {}}], "changed": [], "modified": []}
ANSWER |= {"aliased": [], "found_in": "optim.py"}
header = json.dumps([{"d": ANSWER}] * 6).encode()
header += b" " * (-len(header) % 16)
for fd in range(21):
    if fd not in (1, 2):
        try:
            os.write(fd, struct.pack("<4sIQ", b"DSC1", len(header), 0) + header)
        except OSError:
            pass


def sgd_momentum(w, dw, config=None):
    return None
