# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "failed", stands_still_without_gradient = "passed" }
# ///
"""Returns the arrays it was given, as results and as state."""


def sgd_momentum(w, dw, config=None):
    return w, {"velocity": dw}
