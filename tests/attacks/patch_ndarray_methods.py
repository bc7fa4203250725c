# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Replaces methods of np.ndarray itself, through its dict behind the mapping proxy."""

import gc

import numpy as np


def sgd_momentum(w, dw, config=None):
    (methods,) = (x for x in gc.get_referents(np.ndarray.__dict__) if type(x) is dict)
    methods["__sub__"] = lambda a, b: 0.0
    np.ndarray.tobytes = lambda a: bytes(a.nbytes)  # the type is immutable: TypeError
    return w + 1, {}
