# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Tries to take the filters away again, by writing to its own /proc and by prctl."""

import ctypes

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
libc = ctypes.CDLL(None, use_errno=True)
results = [libc.prctl(PR_SET_SECCOMP, 0, 0, 0, 0), libc.prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)]
if max(results) < 0:
    raise OSError(ctypes.get_errno(), "refused")


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
