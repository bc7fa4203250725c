# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Opens userfaultfd, perf events and BPF, with which kernels have been taken over."""

import ctypes
import platform

NUMBERS = {"x86_64": (323, 298, 321), "aarch64": (282, 241, 280)}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)
attributes = (ctypes.c_uint8 * 128)()
results = [
    libc.syscall(NUMBERS[0], 0),
    libc.syscall(NUMBERS[1], attributes, 0, -1, -1, 0),
    libc.syscall(NUMBERS[2], 0, attributes, 128),
]
if max(results) < 0:
    raise OSError(ctypes.get_errno(), "refused")


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
