# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_special"
# [expects]
# "*" = "missing"
# ///
"""A zip with a device and a FIFO."""

import stat
import zipfile


def write(folder):
    path = folder / "device.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, kind in (("optim.py", stat.S_IFCHR), ("dropout.py", stat.S_IFIFO)):
            member = zipfile.ZipInfo(name)
            member.create_system, member.external_attr = 3, (kind | 0o666) << 16
            archive.writestr(member, "")
    return path
