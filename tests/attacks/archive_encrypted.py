# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_encrypted"
# [expects]
# "*" = "missing"
# ///
"""A zip that says it is encrypted, for a reader that asks for a password."""

import zipfile


def write(folder):
    path = folder / "secret.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("optim.py", "# nothing")
    content = bytearray(path.read_bytes())
    content[content.find(b"PK\3\4") + 6] |= 1
    content[content.find(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    return path
