# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Finds the wire's module in the frames below and replaces its pack()."""

import sys


def sgd_momentum(w, dw, config=None):
    frame = sys._getframe()
    while "wire" not in frame.f_globals:
        frame = frame.f_back
    frame.f_globals["wire"].pack = lambda value: b"passed" * 100
    return w + 1, {}
