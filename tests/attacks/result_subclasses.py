# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Returns a tuple subclass that unpacks differently every time."""


class Pair(tuple):
    times = 0

    def __iter__(self):
        Pair.times += 1
        return iter([Pair.times, {}])

    def __len__(self):
        return 2


def sgd_momentum(w, dw, config=None):
    return Pair((w, {}))
