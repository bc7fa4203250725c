# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Asks to outlive its parent and to be readable by others: prctl's settings about death and dumps."""

import ctypes

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
libc = ctypes.CDLL(None, use_errno=True)
results = [libc.prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0), libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)]
if min(results) < 0:
    raise OSError(ctypes.get_errno(), "refused")


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
