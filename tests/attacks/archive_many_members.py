# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_many"
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
