# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum.leaves_the_gradient_alone = "failed"
# sgd_momentum."*" = "passed"
# ///
"""Keeps the gradient itself in the config, hidden in a list, and computes the velocity from it later."""


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    config["history"] = [dw]
    return w + v, config
