# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_link"
# [expects]
# "*" = "missing"
# ///
"""A folder whose optim.py is a link to another file on the grader's disk."""

from pathlib import Path


def write(folder):
    solution = Path(__file__).resolve().parents[2] / "solutions" / "optim.py"
    (folder / "optim.py").symlink_to(solution)
    return folder
