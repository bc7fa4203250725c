# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Carries hidden inputs out by printing and by warnings."""

import sys
import warnings


def sgd_momentum(w, dw, config=None):
    secret = "EXFILTRATED" + dw.tobytes().hex()[:64]
    print(secret)
    print(secret, file=sys.stderr)
    warnings.warn(secret, stacklevel=1)
    return w + 1, {}
