# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Makes numpy raise on every rounding, print nothing, and use another error handler."""

import numpy as np

np.seterr(all="ignore")
np.seterrcall(lambda *args: None)
np.set_printoptions(threshold=0, precision=0, formatter={"all": lambda x: "passed"})
np.random.seed(0)
np.finfo = lambda dtype: None
np.float64 = np.float32 = float


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
