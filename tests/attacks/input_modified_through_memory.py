# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum.leaves_the_gradient_alone = "failed"
# sgd_momentum."*" = "passed"
# ///
"""Writes into the gradient through a strided view of its memory, not through the array."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    next_w = w + v
    np.lib.stride_tricks.as_strided(dw, (1,), (1,))[...] = 7.0
    return next_w, config
