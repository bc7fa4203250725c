# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Is a generator function: whoever unpacks the result runs its code at another time."""


def sgd_momentum(w, dw, config=None):
    yield w
    yield {}
    while True:
        yield w
