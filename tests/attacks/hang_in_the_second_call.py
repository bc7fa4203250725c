# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Answers the first call rightly and hangs from the second on."""

calls = 0


def sgd_momentum(w, dw, config=None):
    global calls
    calls += 1
    while calls > 1:
        pass
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
