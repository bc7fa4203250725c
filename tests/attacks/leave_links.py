# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Leaves links, FIFOs and folders, which rules about opening files do not see."""

import os

made = []
for number, make in enumerate(
    [
        lambda path: os.symlink("/etc/passwd", path),
        lambda path: os.link("/etc/passwd", path),
        os.mkfifo,
        os.mkdir,
        os.mknod,
        lambda path: os.rename("/tmp/descent-left-behind-0", path),
    ]
):
    try:
        make(f"/tmp/descent-left-behind-{number}")
        made.append(number)
    except OSError:
        continue
print("made", made[0])  # IndexError: none


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
