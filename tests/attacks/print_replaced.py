# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, but replaces sys.stdout by an object whose flush() raises and whose write() hangs."""

import sys


class Stream:
    encoding, closed, buffer = "utf-8", False, None

    def write(self, text):
        while True:
            pass

    def flush(self):
        raise SystemExit(0)

    def fileno(self):
        return 3


sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = Stream()


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
