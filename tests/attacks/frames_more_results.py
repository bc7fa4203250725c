# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Adds answers to the serve loop's list of results, through the frames below."""

import sys


def sgd_momentum(w, dw, config=None):
    frame = sys._getframe()
    while "results" not in frame.f_locals:
        frame = frame.f_back
    answer = {"status": "returned", "value": [w, {}], "changed": [], "modified": [], "aliased": []}
    frame.f_locals["results"] += [{**answer, "found_in": "optim.py"}] * 10
    return w + 1, {}
