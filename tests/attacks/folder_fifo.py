# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_special"
# [expects]
# "*" = "missing"
# ///
"""A folder whose optim.py is a FIFO: whoever opens it waits for ever."""

import os


def write(folder):
    os.mkfifo(folder / "optim.py")
    return folder
