# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "rlimits"
# [expects]
# sgd_momentum = "memory"
# [without]
# sgd_momentum = "passed"
# ///
"""Reserves two gigabytes that it never touches: many at a time, and the machine has none left."""

import numpy as np

RESERVED = []


def sgd_momentum(w, dw, config=None):
    RESERVED[:] = [np.empty(1 << 28)]
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
