# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Turns off the randomization of addresses, and reads as executable what is only readable."""

import ctypes

ADDR_NO_RANDOMIZE, READ_IMPLIES_EXEC = 0x0040000, 0x0400000
libc = ctypes.CDLL(None, use_errno=True)
if libc.personality(ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC) < 0:
    raise OSError(ctypes.get_errno(), "personality")


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
