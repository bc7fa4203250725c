# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_large"
# [expects]
# "*" = "missing"
# ///
"""A folder whose optim.py is a terabyte long and takes no place on the disk."""

import os


def write(folder):
    (folder / "optim.py").touch()
    os.truncate(folder / "optim.py", 1 << 40)
    return folder
