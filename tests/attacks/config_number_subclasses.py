# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns subclasses of float, int and str whose comparisons lie."""


class Zero(float):
    __sub__ = __rsub__ = __abs__ = lambda self, *other: 0.0
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __hash__ = float.__hash__


class Name(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__


def sgd_momentum(w, dw, config=None):
    return Zero(1e9), {Name("velocity"): Zero(0)}
