# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, but closes stdout and stderr under Python's feet."""

import os
import sys

sys.stdout.close()
os.closerange(0, 3)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
