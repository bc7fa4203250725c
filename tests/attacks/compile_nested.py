# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Compiles an expression nested a hundred thousand times."""

compile("(" * 100_000 + ")" * 100_000, "optim.py", "eval")
