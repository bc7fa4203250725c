# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Looks among all functions and frames for a reference that computes the answer."""

import gc
import sys
import types

NAMES = {"sgd_momentum", "reference", "expected", "solutions", "LiveReference", "seed"}


def sgd_momentum(w, dw, config=None):
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__module__ != __name__:
            if thing.__name__ == "sgd_momentum":
                return thing(w, dw, config)
    frame = sys._getframe(1)
    while frame is not None:
        for name in NAMES & {*frame.f_locals, *frame.f_globals}:
            thing = frame.f_locals.get(name, frame.f_globals.get(name))
            return getattr(thing, "sgd_momentum", thing)(w, dw, config)
        frame = frame.f_back
    raise LookupError("no reference here")
