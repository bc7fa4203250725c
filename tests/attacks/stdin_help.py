# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, but shows pages of help and would wait at a pager."""

import pydoc

import numpy as np

pydoc.help(np.ndarray)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
