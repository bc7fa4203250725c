# /// attack
# file = "optim.py"
# modes = "confined"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Runs a shell command."""

import os


def sgd_momentum(w, dw, config=None):
    assert os.system("exit 0") == 0
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
