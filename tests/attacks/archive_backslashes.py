# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_outside"
# [expects]
# "*" = "missing"
# ///
"""A zip with names that are paths only on Windows."""

import zipfile


def write(folder):
    path = folder / "windows.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("..\\..\\grader\\compare.py", "C:\\optim.py", "\\\\host\\share\\optim.py"):
            archive.writestr(zipfile.ZipInfo(name), "def assert_close(*args): pass")
    return path
