# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Returns an object whose destructor ends the process once the answer has been read."""

import os


class Last(tuple):
    def __del__(self):
        os._exit(0)


def sgd_momentum(w, dw, config=None):
    return Last((w, {}))
