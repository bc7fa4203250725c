# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum.follows_the_reference = "passed"
# sgd_momentum.leaves_the_gradient_alone = "passed"
# sgd_momentum."*" = "failed"
# ///
"""Behaves for the first six calls, for a grader that looks only once."""

calls = 0


def sgd_momentum(w, dw, config=None):
    global calls
    calls += 1
    if calls > 6:
        return w + 1, {}
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
