# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, and it hides from the watch on arguments that dw was changed, in memory of its own only."""

import sys


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    frame = sys._getframe(1)
    while "_equal" not in frame.f_globals:
        frame = frame.f_back
    frame.f_globals["_equal"] = lambda now, before: True
    next_w = w + v
    dw[...] = 0
    return next_w, config
