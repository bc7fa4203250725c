# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Gives another wrong answer whenever it sees an input again, as when a failing check is run again."""

seen = {}


def sgd_momentum(w, dw, config=None):
    key = dw.tobytes()
    seen[key] = seen.get(key, 0) + 1
    return w - seen[key] * 1e-2 * dw + 1e-3, {}
