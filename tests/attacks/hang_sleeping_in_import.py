# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Sleeps for a year while it is imported, using no processor time at all."""

import time

time.sleep(365 * 86400)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
