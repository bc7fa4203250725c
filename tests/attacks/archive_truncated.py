# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_damaged"
# [expects]
# "*" = "missing"
# ///
"""The first half of a zip, as a broken upload leaves it."""

import zipfile


def write(folder):
    path = folder / "half.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("optim.py", "# nothing\n" * 1000)
    path.write_bytes(path.read_bytes()[:5000])
    return path
