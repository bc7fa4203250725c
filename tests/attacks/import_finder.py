# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Puts a finder before all others that answers every import, the solutions' too, with itself."""

import importlib.abc
import importlib.machinery
import sys


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def exec_module(self, module):
        module.__getattr__ = lambda name: sys.exit(0)


sys.meta_path.insert(0, Finder())
sys.path_hooks.clear()
sys.path_importer_cache.clear()


def sgd_momentum(w, dw, config=None):
    import solutions.optim  # it is blocked in sys.modules: ModuleNotFoundError

    return solutions.optim.sgd_momentum(w, dw, config)
