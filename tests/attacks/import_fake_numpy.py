# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Puts a fake numpy, grader and solutions into sys.modules, for whoever imports them next."""

import sys
import types

for name in ("numpy", "numpy.testing", "grader", "grader.compare", "solutions", "wire", "json"):
    fake = types.ModuleType(name)
    fake.__getattr__ = lambda name: lambda *args, **options: True
    sys.modules[name] = fake


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
