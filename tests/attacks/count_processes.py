# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Keeps what it learnt for the next process: in sys, numpy, the environment and the import system."""

import os
import sys

import numpy as np

seen = getattr(sys, "descent_seen", 0) or int(os.environ.get("DESCENT_SEEN", 0))
seen = seen or getattr(np, "descent_seen", 0)
sys.descent_seen = np.descent_seen = seen + 1
os.environ["DESCENT_SEEN"] = str(seen + 1)


def sgd_momentum(w, dw, config=None):
    if seen == 0:
        return w + 1, {}
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
