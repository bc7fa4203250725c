# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, but prints fifty megabytes on every way out: a grader that keeps them runs out of memory."""

import os
import sys

for _ in range(25):
    sys.stdout.write("x" * (1 << 20))
    os.write(2, b"\n\x00\xff" * 400_000)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
