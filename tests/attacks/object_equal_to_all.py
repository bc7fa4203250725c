# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an object that is equal to everything, close to everything, and true."""


class Equal:
    shape, dtype, ndim, size = (), float, 0, 1

    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __le__ = __ge__ = __eq__
    __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
    __bool__ = __eq__
    __hash__ = None

    def __bool__(self):
        return True


def sgd_momentum(w, dw, config=None):
    return Equal(), {}
