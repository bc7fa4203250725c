# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Carries a hidden input out as the name of the type that it returns."""


def sgd_momentum(w, dw, config=None):
    return type("EXFILTRATED" + dw.tobytes().hex()[:64], (), {})(), {}
