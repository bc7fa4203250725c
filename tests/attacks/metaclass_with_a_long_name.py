# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Returns an object of a type whose name is a nested list in place of a string."""


class Meta(type):
    @property
    def __name__(cls):
        return [[["passed"] * 1000]]


class Nameless(metaclass=Meta):
    pass


def sgd_momentum(w, dw, config=None):
    return Nameless(), {"x": Nameless()}
