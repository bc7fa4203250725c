# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Gives the grader the lowest priority and one processor, so that its deadlines come late."""

import os


def sgd_momentum(w, dw, config=None):
    os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)
    os.sched_setaffinity(os.getppid(), {0})
    os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, os.sched_param(0))
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
