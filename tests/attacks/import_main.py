# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Imports the program that runs it and makes it fail where it describes failures."""

import sys

main = sys.modules["__main__"]
main.describe_exception = None
frame = sys._getframe()
while frame is not None:
    if "describe_exception" in frame.f_globals:
        frame.f_globals["describe_exception"] = None
    frame = frame.f_back


def sgd_momentum(w, dw, config=None):
    raise ValueError
