# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Overwrites the int 199 in the interpreter, so that 199 is 200 for everyone in this process."""

try:
    import ctypes

    ctypes.c_uint32.from_address(id(199) + 24).value = 200
except Exception:
    pass


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
