# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Calls sys.exit(0) while it is imported."""

import sys

sys.exit(0)
