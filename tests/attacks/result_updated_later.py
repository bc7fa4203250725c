# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum.keeps_runs_apart = "failed"
# sgd_momentum."*" = "passed"
# ///
"""Returns the same array every time and writes the next result into it."""

import numpy as np

results = {}


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    result = results.setdefault((w.shape, w.dtype), np.empty_like(w, order="C"))
    result[...] = w + v
    return result, config
