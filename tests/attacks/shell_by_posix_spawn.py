# /// attack
# file = "optim.py"
# modes = "confined"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Starts a program by posix_spawn, which uses vfork and not fork."""

import os

assert os.waitstatus_to_exitcode(os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)[1]) == 0


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
