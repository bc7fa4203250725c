# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Returns a list nested a hundred thousand times, for a recursive walk or a C stack to break at."""


def sgd_momentum(w, dw, config=None):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return w, {"nested": nested}
