# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Writes a program into anonymous memory and executes it, past all rules about files."""

import os


def sgd_momentum(w, dw, config=None):
    fd = os.memfd_create("program", 0)  # inherited: the shell opens it again
    os.write(fd, b"#!/bin/sh\nexit 0\n")
    pid = os.posix_spawn(f"/proc/self/fd/{fd}", ["program"], {})
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
