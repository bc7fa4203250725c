# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Raises an exception of a type whose name raises another one."""


class Meta(type):
    @property
    def __name__(cls):
        raise Nameless


class Nameless(Exception, metaclass=Meta):
    pass


def sgd_momentum(w, dw, config=None):
    raise Nameless
