# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Maps sixteen gigabytes without reserving them."""

import mmap


def sgd_momentum(w, dw, config=None):
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000  # MAP_NORESERVE
    return mmap.mmap(-1, 16 << 30, flags=flags), {}
