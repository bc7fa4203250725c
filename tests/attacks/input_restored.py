# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Scales the gradient in place and restores its bytes: to the caller that is as if nothing was."""


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    before = dw.copy()
    dw *= config["learning_rate"]
    v = config["momentum"] * config.get("velocity", 0 * w) - dw
    dw[...] = before
    config["velocity"] = v
    return w + v, config
