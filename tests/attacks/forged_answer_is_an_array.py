# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Answers with an array in place of a dict: an error of the grader's own would withhold the score."""

import gc

import numpy as np

for found in gc.get_objects():
    if type(found).__name__ == "Executor":
        type(found).run = lambda self, calls: [np.zeros(3) for _ in calls]


def sgd_momentum(w, dw, config=None):
    return None
