# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Reads compiled solutions from __pycache__, or their source from a test's temporary folder."""

import glob
import marshal
import os

import assignment

root = os.path.dirname(next(iter(assignment.__path__)))
found = glob.glob(f"{root}/**/__pycache__/optim.*.pyc", recursive=True)
found += glob.glob("/tmp/**/optim.py", recursive=True)
solved = []
for path in found:
    with open(path, "rb") as stolen:
        content = stolen.read()
    if b"BEGIN SOLUTION" in content or path.endswith(".pyc"):
        solved.append(marshal.loads(content[16:]) if path.endswith(".pyc") else content)
exec(solved[0])
