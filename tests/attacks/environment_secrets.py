# /// attack
# file = "optim.py"
# modes = "any"
# [expects]
# sgd_momentum = "crashed"
# ///
"""Looks for secrets in the environment: tokens, home, the path of whoever runs the grader."""

import os

HARMLESS = ("_NUM_THREADS", "_MAXIMUM_THREADS", "PYTHONHASHSEED", "MALLOC_", "LC_", "LANG")


def sgd_momentum(w, dw, config=None):
    secrets = [name for name in os.environ if not any(word in name for word in HARMLESS)]
    print("found", secrets[0])  # IndexError: there are none
    return w, config
