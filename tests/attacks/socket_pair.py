# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Makes a pair of connected sockets, with which descriptors can be passed on."""

import socket

a, b = socket.socketpair()
socket.send_fds(a, [b"x"], [a.fileno()])
assert socket.recv_fds(b, 1, 1)[1]


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
