# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "seccomp"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Connects to the Unix sockets of the machine: Docker's, for one, which is as good as root."""

import socket

for path in ("/var/run/docker.sock", "/run/systemd/private", "/run/dbus/system_bus_socket"):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect_ex(path)


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
