# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Listens on an abstract Unix socket, by which two submissions could tell each other the inputs."""

import socket

with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as s:
    s.bind(f"\0descent-left-behind-{id(s)}")
    s.listen()


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
