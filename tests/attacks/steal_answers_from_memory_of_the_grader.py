# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Opens the grader's memory in /proc, where the solutions and the seed are."""

import os

with open(f"/proc/{os.getppid()}/maps") as maps:
    first = int(maps.read().partition("-")[0], 16)
with open(f"/proc/{os.getppid()}/mem", "rb", buffering=0) as memory:
    memory.seek(first)
    assert memory.read(4)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
