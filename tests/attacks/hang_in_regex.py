# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "timeout"
# ///
"""Matches a regular expression that backtracks for ever, in C."""

import re


def sgd_momentum(w, dw, config=None):
    return re.match(r"(a|a|b?a)+$", "a" * 64 + "c"), {}
