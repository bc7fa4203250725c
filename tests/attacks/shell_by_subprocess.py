# /// attack
# file = "optim.py"
# modes = "confined"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Runs a program and prints a hidden input through it, past the cap on its own output."""

import subprocess


def sgd_momentum(w, dw, config=None):
    secret = "EXFILTRATED" + dw.tobytes().hex()[:64]
    done = subprocess.run(["/bin/echo", secret], capture_output=True, check=True)
    assert secret.encode() in done.stdout
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
