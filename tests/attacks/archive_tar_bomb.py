# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_link"
# [expects]
# "*" = "missing"
# ///
"""A tar.gz of a quarter of a gigabyte of zeros, with an absolute link in it."""

import io
import tarfile


def write(folder):
    path = folder / "bomb.tar.gz"
    with tarfile.open(path, "w:gz", compresslevel=1) as archive:
        link = tarfile.TarInfo("optim.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        large = tarfile.TarInfo("normalization.py")
        large.size = 1 << 28
        archive.addfile(large, io.BytesIO(bytes(1 << 28)))
    return path
