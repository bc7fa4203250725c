# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Walks through the whole file system in search of a file that has the answer."""

import os

found = []
for folder, _, files in os.walk("/"):
    if "optim.py" in files and "starter" not in folder:
        found.append(os.path.join(folder, "optim.py"))
        break
with open(found[0]) as stolen:
    exec(stolen.read())
