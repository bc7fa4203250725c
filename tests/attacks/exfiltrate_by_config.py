# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Carries hidden inputs out as keys of the config it returns."""


def sgd_momentum(w, dw, config=None):
    secret = "EXFILTRATED" + dw.tobytes().hex()[:64]
    return w + 1, {secret: secret, "velocity": secret}
