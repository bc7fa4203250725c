# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Claims statuses that only the grader gives: error, which would withhold the score."""

import gc

for found in gc.get_objects():
    if type(found).__name__ == "Executor":
        fault = {"status": "error", "type": "", "text": "", "frames": []}
        type(found).run = lambda self, calls: [fault]


def sgd_momentum(w, dw, config=None):
    return None
