# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# [without]
# sgd_momentum = "passed"
# ///
"""Opens a netlink socket, by which root changes the network of the machine."""

import socket

socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
