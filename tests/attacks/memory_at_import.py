# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "memory"
# ///
"""Uses up the memory while it is imported."""

import numpy as np

hoard = []
while True:
    hoard.append(np.empty(1 << 21))
