# /// attack
# file = "optim.py"
# modes = "confined"
# stopped_by = "landlock"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Opens the grader's checks, the manifest and the interpreter for writing."""

import os
import sys

import assignment

folder = next(iter(assignment.__path__))
opened = []
for path in (f"{folder}/questions.toml", f"{folder}/__init__.py", sys.executable, os.__file__):
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
        opened.append(path)
    except OSError:
        continue
print("could change", opened[0])  # IndexError: none


def sgd_momentum(w, dw, config=None):
    config = {"learning_rate": 1e-2, "momentum": 0.9, **(config or {})}
    v = config["momentum"] * config.get("velocity", 0 * w) - config["learning_rate"] * dw
    config["velocity"] = v
    return w + v, config
