# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an object whose array interface points into memory that is not its own."""


class Elsewhere:
    __array_interface__ = {"shape": (4, 4), "typestr": "<f8", "data": (8, False), "version": 3}
    __array_struct__ = property(lambda self: 1 / 0)


def sgd_momentum(w, dw, config=None):
    return Elsewhere(), {}
