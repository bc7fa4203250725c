# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Replaces the wire's pack() by a loop that never ends."""

import sys


def sgd_momentum(w, dw, config=None):
    frame = sys._getframe()
    while "wire" not in frame.f_globals:
        frame = frame.f_back

    def pack(value):
        while True:
            pass

    frame.f_globals["wire"].pack = pack
    return w + 1, {}
