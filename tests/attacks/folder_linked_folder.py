# /// attack
# kind = "archive"
# modes = "any"
# [expects]
# "*" = "missing"
# ///
"""A folder with a link to the folder of the solutions."""

from pathlib import Path


def write(folder):
    (folder / "work").symlink_to(Path(__file__).resolve().parents[2] / "solutions")
    return folder
