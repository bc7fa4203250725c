# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum.leaves_the_gradient_alone = "failed"
# sgd_momentum."*" = "passed"
# ///
"""Keeps the gradient and changes it during the next call, when nobody watches it any more."""

import numpy as np

kept = []


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    for earlier in kept:
        if not np.may_share_memory(earlier, dw):
            earlier[...] = 0
    kept[:] = [dw]
    return w + v, config
