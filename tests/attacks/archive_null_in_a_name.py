# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_damaged"
# [expects]
# "*" = "missing"
# ///
"""A zip with a NUL in a name: some tools see optim.py, others optim.py.txt."""

import zipfile


def write(folder):
    path = folder / "null.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("optim.py", "# my own work")
        archive.writestr("optim.py#.txt", "# somebody else's")
    path.write_bytes(path.read_bytes().replace(b"optim.py#", b"optim.py\0"))
    return path
