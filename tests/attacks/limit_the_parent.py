# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Limits the grader's processor time to nothing, which the kernel ends with SIGKILL."""

import os
import resource


def sgd_momentum(w, dw, config=None):
    resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
