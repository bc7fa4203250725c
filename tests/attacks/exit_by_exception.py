# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Raises what `except Exception` does not catch: SystemExit(0), KeyboardInterrupt, GeneratorExit."""

import itertools
import sys

WAYS = itertools.cycle([SystemExit(0), KeyboardInterrupt(), GeneratorExit(), StopIteration()])


def sgd_momentum(w, dw, config=None):
    way = next(WAYS)
    if isinstance(way, SystemExit):
        sys.exit(0)
    raise way
