# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Forks by the system calls clone3, clone, fork and vfork, by number."""

import ctypes
import os
import platform
import signal

CLONE3 = 435
OLDER = {"x86_64": (56, 57), "aarch64": (220,)}[platform.machine()]


def sgd_momentum(w, dw, config=None):
    libc = ctypes.CDLL(None, use_errno=True)
    arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, signal.SIGCHLD)
    results = [libc.syscall(CLONE3, arguments, ctypes.sizeof(arguments))]
    results += [libc.syscall(number, signal.SIGCHLD, 0, 0, 0, 0) for number in OLDER]
    if 0 in results:
        os._exit(0)
    if max(results) < 0:
        raise OSError(ctypes.get_errno(), "clone")
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
