# /// attack
# file = "optim.py"
# modes = "confined"
# [expects]
# sgd_momentum = "passed"
# ///
"""Right, with imports of what is not there but never used, as notebooks have: no attack at all."""

import matplotlib.pyplot as plt  # noqa: F401
import sklearn  # noqa: F401
import torch  # noqa: F401
from scipy import stats  # noqa: F401


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
