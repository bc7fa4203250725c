# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_damaged"
# [expects]
# "*" = "missing"
# ///
"""A zip whose members are all the same bytes: a better bomb than compression can make."""

import struct
import zipfile


def write(folder):
    path = folder / "overlap.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(150):
            archive.writestr(f"file{number:03}.py", b"#" * 10_000)
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\1\2")
    while at >= 0:  # every entry of the directory points to the first member
        content[at + 42 : at + 46] = struct.pack("<I", 0)
        at = content.find(b"PK\1\2", at + 1)
    path.write_bytes(content)
    return path
