# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Leaves a System V shared memory segment, which outlives every process."""

import ctypes

IPC_CREAT = 0o1000
libc = ctypes.CDLL(None, use_errno=True)
if libc.shmget(0x0DE5CE27, 4096, IPC_CREAT | 0o600) < 0:
    raise OSError(ctypes.get_errno(), "shmget")


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
