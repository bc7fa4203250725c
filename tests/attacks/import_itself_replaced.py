# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Puts an object in the place of its own module, whose attributes end the process when asked for."""

import os
import sys


class Module:
    def __getattr__(self, name):
        os._exit(0)


sys.modules[__name__] = Module()
