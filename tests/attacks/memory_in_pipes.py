# /// attack
# file = "optim.py"
# modes = "confined"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Keeps memory in the buffers of pipes, which no limit on address space counts."""

import fcntl
import os

F_SETPIPE_SZ = 1031


def sgd_momentum(w, dw, config=None):
    while True:  # until there are no more descriptors
        _, write = os.pipe()
        os.set_blocking(write, False)
        fcntl.fcntl(write, F_SETPIPE_SZ, 1 << 20)
        os.write(write, bytes(1 << 20))
