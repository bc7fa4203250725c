# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Attaches to the grader as a debugger."""

import ctypes
import os

PTRACE_SEIZE = 0x4206


def sgd_momentum(w, dw, config=None):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(PTRACE_SEIZE, os.getppid(), None, None) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
