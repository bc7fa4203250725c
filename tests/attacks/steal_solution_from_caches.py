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
with open(found[0], "rb") as stolen:
    content = stolen.read()
exec(marshal.loads(content[16:]) if found[0].endswith(".pyc") else content)
