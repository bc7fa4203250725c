# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Returns a config that contains itself: whoever walks through it never comes to an end."""


def sgd_momentum(w, dw, config=None):
    config = config or {}
    config["config"] = config
    return w, config
