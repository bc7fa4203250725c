# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_name"
# [expects]
# "*" = "missing"
# ///
"""A zip with a name that claims to be UTF-8 and is not."""

import zipfile


def write(folder):
    path = folder / "latin.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("optim\u00e9.py", "# nothing")
    path.write_bytes(path.read_bytes().replace("\u00e9".encode(), b"\xff\xfe"))
    return path
