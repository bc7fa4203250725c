# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_link"
# [expects]
# "*" = "missing"
# ///
"""A zip with a symbolic link to the solutions, for whoever extracts it."""

import stat
import zipfile


def write(folder):
    path = folder / "link.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("optim.py")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "../../solutions/optim.py")
    return path
