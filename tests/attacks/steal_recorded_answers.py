# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "failed"
# ///
"""Reads the recorded answers of practice mode, which are no use against a secret seed."""

import os

import assignment

root = os.path.dirname(next(iter(assignment.__path__)))
with open(os.path.join(root, "grader", "expected", "sgd_momentum.frame"), "rb") as recorded:
    ANSWERS = recorded.read()


def sgd_momentum(w, dw, config=None):
    at = ANSWERS.find(dw.tobytes()[:64])
    dw += 1
    return w + at, {}
