# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Looks at the buffer that its arguments are views of, which holds the inputs of later calls."""

import numpy as np


def sgd_momentum(w, dw, config=None):
    base = w
    while getattr(base, "base", None) is not None:
        base = base.base
    if isinstance(base, memoryview):
        base = base.obj
    later = np.frombuffer(bytes(memoryview(base).cast("B"))[: len(w.tobytes())], np.uint8)
    return w + 1 + 0 * later.sum(), {}
