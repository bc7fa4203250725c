# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Leaves its process group, so that the SIGKILL of the group misses it, and hangs."""

import os


def sgd_momentum(w, dw, config=None):
    os.setsid() if os.getsid(0) != os.getpid() else os.setpgid(0, os.getppid())
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
