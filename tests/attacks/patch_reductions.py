# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Makes every distance zero: np.abs, np.max, np.linalg.norm and friends return nothing but zeros."""

import numpy as np

for name in ("abs", "absolute", "max", "amax", "sum", "mean", "maximum", "subtract", "nanmax"):
    setattr(np, name, lambda a, *args, **options: np.zeros(()))
np.linalg.norm = lambda *args, **options: 0.0
np.isfinite = lambda a: np.ones(np.shape(a), bool)


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
