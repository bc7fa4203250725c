# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Answers with the right status and fields of the wrong types: handles for arrays."""

import gc
import sys


def answer(self, calls):
    frame = sys._getframe()
    while "wire" not in frame.f_globals:
        frame = frame.f_back
    handle = frame.f_globals["wire"].Handle(1)
    fields = {"changed": [], "modified": [], "aliased": [], "found_in": "optim.py"}
    return [{"status": "returned", "value": [handle, handle], **fields} for _ in calls]


for found in gc.get_objects():
    if type(found).__name__ == "Executor":
        type(found).run = answer


def sgd_momentum(w, dw, config=None):
    return None
