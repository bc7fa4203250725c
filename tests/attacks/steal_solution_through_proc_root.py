# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Reaches the solutions by another name of the root folder, against rules that compare paths."""

import os

import assignment

root = os.path.dirname(os.path.realpath(next(iter(assignment.__path__))))
with open(f"/proc/self/root/../{root}/./solutions/../solutions//optim.py") as stolen:
    exec(stolen.read())
