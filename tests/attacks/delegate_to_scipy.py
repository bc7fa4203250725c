# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Lets scipy compute: only numpy is part of the assignment."""

import os
import sys

import numpy as np

sys.path.append(os.path.dirname(os.path.dirname(np.__file__)))
from scipy.linalg import blas


def sgd_momentum(w, dw, config=None):
    assert type(blas.daxpy([1.0], [1.0])[0].item()) is float
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
