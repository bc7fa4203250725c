# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Limits the grader's open files, so that it cannot start another process or write a result."""

import os
import resource


def sgd_momentum(w, dw, config=None):
    resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (3, 3))
    resource.prlimit(os.getppid(), resource.RLIMIT_FSIZE, (0, 0))
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
