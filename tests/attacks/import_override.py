# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = { "*" = "failed", leaves_the_gradient_alone = "passed" }
# ///
"""Replaces __import__ and importlib, so that every module is the fake it likes."""

import builtins
import importlib
import types

fake = types.ModuleType("grader")
fake.__getattr__ = lambda name: lambda *args, **options: True
importlib.import_module = builtins.__import__ = lambda *args, **options: fake


def sgd_momentum(w, dw, config=None):
    return w + 1, {}
