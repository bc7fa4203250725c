# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, but leaves hostile exit handlers: they would run only if the interpreter ended by itself."""

import atexit
import os
import sys


def last_words():
    for fd in range(64):
        try:
            os.write(fd, b"DSC1passed" * 1000)
        except OSError:
            pass
    while True:
        pass


atexit.register(last_words)
sys.exitfunc = sys.excepthook = sys.unraisablehook = lambda *args: last_words()


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
