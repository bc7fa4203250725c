# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Asks for a bytearray of sixteen gigabytes, which Linux would grant and fill with zeros later."""


def sgd_momentum(w, dw, config=None):
    return bytearray(16 << 30), {}
