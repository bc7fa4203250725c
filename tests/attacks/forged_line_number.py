# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "bad_output"
# ///
"""Answers with an exception in line infinity: an error of the grader's own would withhold the score."""

import gc

for found in gc.get_objects():
    if type(found).__name__ == "Executor":
        raised = {"status": "raised", "type": "ValueError", "text": ""}
        raised["frames"] = [["optim.py", float("inf"), "f", ""]]
        type(found).run = lambda self, calls: [raised]


def sgd_momentum(w, dw, config=None):
    return None
