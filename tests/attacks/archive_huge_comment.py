# /// attack
# kind = "archive"
# modes = "any"
# [expects]
# "*" = "missing"
# ///
"""A zip with a comment that holds the end of another zip's directory."""

import io
import zipfile


def write(folder):
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("optim.py", "# seen by some readers only")
    path = folder / "comment.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("notes.txt", "nothing")
        archive.comment = (other.getvalue() + b"x").ljust(65535, b"PK\5\6"[:1])
    return path
