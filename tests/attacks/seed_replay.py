# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Tries the usual seeds, to find the generator that the inputs were drawn from."""

import random
import time

import numpy as np


def sgd_momentum(w, dw, config=None):
    state = np.random.get_state()[1]
    for seed in [
        0,
        1,
        42,
        123,
        231,
        int(time.time()),
        *map(int, state[:20]),
        random.getrandbits(32),
    ]:
        rng = np.random.default_rng(seed)
        rows, columns = (int(n) for n in rng.integers(3, 7, size=2))
        if (rows, columns) == w.shape and np.array_equal(rng.standard_normal(w.shape), w):
            return w, config
    raise LookupError("not one of these")
