# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Replies with JSON that is not quite JSON: NaN as a length, true as an offset."""

import json
import os
import struct

TREES = [
    [{"a": ["<f8", [float("nan")], 0, "C"]}],
    [{"a": ["<f8", [1], True, "C"]}],
    [{"a": ["<f8", [-1, -8], 0, "F"]}],
    [{"a": ["|O", [1], 0, "C"]}],
    [{"a": ["<f8", [0] * 9, 0, "C"]}],
    [{"s": ["<U1000000000", 0]}],
    [{"y": [0, -1]}],
    [{"h": 1.5}],
    [{"d": {"status": {"d": 1}}}],
    [{}],
]
calls = 0


def sgd_momentum(w, dw, config=None):
    global calls
    header = json.dumps(TREES[(os.getpid() + calls) % len(TREES)]).encode()
    calls += 1
    for fd in range(3, 21):
        try:
            os.write(fd, struct.pack("<4sIQ", b"DSC1", len(header), 0) + header)
        except OSError:
            continue
    return w, {}
