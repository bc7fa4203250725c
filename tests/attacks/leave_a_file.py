# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Leaves a file for the next submission, in any folder where it can."""

import os

written = []
for folder in ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", ".", os.path.expanduser("~")):
    try:
        with open(os.path.join(folder, "descent-left-behind"), "w") as file:
            file.write("the answers")
        written.append(folder)
    except OSError:
        continue
print("written to", written[0])  # IndexError: nowhere


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
