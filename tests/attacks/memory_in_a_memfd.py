# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Fills an anonymous file in memory, which no limit on address space counts."""

import os


def sgd_momentum(w, dw, config=None):
    fd = os.memfd_create("descent-left-behind")
    while True:
        os.write(fd, bytes(1 << 20))
