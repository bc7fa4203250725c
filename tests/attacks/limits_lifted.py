# /// attack
# file = "optim.py"
# modes = "confined"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Lifts its own memory limit, which root may do."""

import mmap
import resource

INFINITY = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_NPROC):
    resource.setrlimit(limit, INFINITY)
mmap.mmap(-1, 4 << 30).close()


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
