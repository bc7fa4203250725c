# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Reads the environment and the command line of the grader and of others in /proc."""

import os

with open(f"/proc/{os.getppid()}/environ", "rb") as environment:
    assert environment.read(1)
with open(f"/proc/{os.getppid()}/cmdline", "rb") as command:
    assert command.read(1)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
