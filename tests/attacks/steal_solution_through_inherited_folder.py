# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Tries every inherited descriptor as a folder to open the solutions from."""

import os

found = []
for fd in range(256):
    for path in (
        "solutions/optim.py",
        "../solutions/optim.py",
        "optim.py",
        "../../solutions/optim.py",
    ):
        try:
            found.append(os.open(path, os.O_RDONLY, dir_fd=fd))
        except OSError:
            continue
exec(os.read(found[0], 1 << 20))  # IndexError: no folder was left open
