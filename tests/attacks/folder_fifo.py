# /// attack
# kind = "archive"
# modes = "any"
# refused = "is not a regular file"
# [expects]
# "*" = "missing"
# ///
"""A folder whose optim.py is a FIFO: whoever opens it waits for ever."""

import os


def write(folder):
    os.mkfifo(folder / "optim.py")
    return folder
