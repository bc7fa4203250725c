# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Returns an object whose end is awaited by a callback that never ends: the call is long over."""

import weakref


class Last:
    pass


def forever(reference=None):
    while True:
        pass


REFERENCES = []


def sgd_momentum(w, dw, config=None):
    last = Last()
    REFERENCES.append(weakref.ref(last, forever))
    return last
