# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Returns an object of a type whose name cannot be asked for without an exception."""


class Meta(type):
    @property
    def __name__(cls):
        raise SystemExit(0)


class Nameless(metaclass=Meta):
    pass


def sgd_momentum(w, dw, config=None):
    return Nameless(), {}
