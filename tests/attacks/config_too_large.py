# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Returns a config whose text is larger than a message may be."""


def sgd_momentum(w, dw, config=None):
    return w, {"text": "x" * (17 << 20) if config is None or "text" not in config else ""}
