# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Installs trace and profile functions, to change what the code that runs it computes."""

import sys


def trace(frame, event, argument):
    for name in ("modified", "watched", "aliased", "status"):
        if name in frame.f_locals and frame.f_locals[name] is None:
            frame.f_locals[name] = "passed"
    return trace


sys.settrace(trace)
sys.setprofile(trace)
for depth in range(1, 50):
    try:
        sys._getframe(depth).f_trace = trace
    except ValueError:
        break


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
