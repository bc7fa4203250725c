# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum.keeps_runs_apart = "timeout"
# sgd_momentum.takes_float32 = "timeout"
# sgd_momentum.leaves_the_gradient_alone = "timeout"
# sgd_momentum.stands_still_without_gradient = "timeout"
# sgd_momentum."*" = "passed"
# ///
"""Right, but sleeps for three quarters of every deadline: a class of these would take all night."""

import time


def sgd_momentum(w, dw, config=None):
    if config is None:
        time.sleep(0.75)
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
