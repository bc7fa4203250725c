# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Returns the wire's own objects: a handle of somebody else's object where an array is meant."""

import sys


def sgd_momentum(w, dw, config=None):
    frame = sys._getframe()
    while "wire" not in frame.f_globals:
        frame = frame.f_back
    return frame.f_globals["wire"].Handle(0), {}
