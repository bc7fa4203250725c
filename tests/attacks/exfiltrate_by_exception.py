# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Carries a hidden input out in the text and the type's name of an exception."""


def sgd_momentum(w, dw, config=None):
    secret = "EXFILTRATED" + dw.tobytes().hex()[:64]
    raise type(secret, (ValueError,), {})(secret)
