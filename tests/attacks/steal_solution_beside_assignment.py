# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Opens the solutions, which lie in the folder beside the given code that it may import."""

import os

import assignment

root = os.path.dirname(next(iter(assignment.__path__)))
with open(os.path.join(root, "solutions", "optim.py")) as stolen:
    exec(stolen.read())
