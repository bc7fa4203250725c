# /// attack
# kind = "archive"
# modes = "any"
# refused = "more than 200 Python files"
# [expects]
# "*" = "missing"
# ///
"""A zip with a hundred thousand members."""

import zipfile


def write(folder):
    path = folder / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"{number}.py"), b"")
    return path
