# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_method"
# [expects]
# "*" = "missing"
# ///
"""A zip that uses a compression nobody has, and claims a dictionary of four gigabytes."""

import zipfile


def write(folder):
    path = folder / "method.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("optim.py", "# nothing")
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\3\4") + 8] = 97
    content[content.find(b"PK\1\2") + 10] = 97
    path.write_bytes(content)
    return path
