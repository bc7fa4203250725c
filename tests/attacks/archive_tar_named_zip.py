# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_damaged"
# [expects]
# "*" = "missing"
# ///
"""A tar file that calls itself a zip."""

import tarfile


def write(folder):
    path = folder / "disguised.zip"
    with tarfile.open(path, "w:gz") as archive:
        device = tarfile.TarInfo("optim.py")
        device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 5
        archive.addfile(device)
    return path
