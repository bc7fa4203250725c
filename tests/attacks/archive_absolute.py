# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_outside"
# [expects]
# "*" = "missing"
# ///
"""A zip with an absolute path."""

import zipfile


def write(folder):
    path = folder / "absolute.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("/tmp/descent-left-behind.py"), "")
    return path
