# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "bad_output", leaves_the_gradient_alone = "passed" }
# ///
"""Returns the wire's reference to a result of another call, for the grader to resolve."""

import sys


def sgd_momentum(w, dw, config=None):
    frame = sys._getframe()
    while "wire" not in frame.f_globals:
        frame = frame.f_back
    return frame.f_globals["wire"].Ref(0, 0), {}
