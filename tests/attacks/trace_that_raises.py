# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Installs a profile function that raises in whatever code runs after the call."""

import sys


def profile(frame, event, argument):
    if frame.f_code.co_name != "sgd_momentum":
        raise SystemExit(0)


def sgd_momentum(w, dw, config=None):
    sys.setprofile(profile)
    return w, config
