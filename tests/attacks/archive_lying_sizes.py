# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_large"
# [expects]
# "*" = "missing"
# ///
"""A zip bomb whose directory says that the file in it is small."""

import struct
import zipfile


def write(folder):
    path = folder / "small.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("optim.py", b"#" * (1 << 26))
    honest, lie = struct.pack("<I", 1 << 26), struct.pack("<I", 100)
    path.write_bytes(path.read_bytes().replace(honest, lie))
    return path
