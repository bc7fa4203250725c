# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Adds an audit hook that cannot be removed and forbids everything from then on."""

import sys


def hook(event, arguments):
    raise SystemExit(0)


def sgd_momentum(w, dw, config=None):
    sys.addaudithook(hook)
    open("/dev/null")
