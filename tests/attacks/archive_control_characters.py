# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_name"
# [expects]
# "*" = "missing"
# ///
"""A zip with a link whose name clears the screen, for whoever prints what was refused."""

import stat
import zipfile


def write(folder):
    path = folder / "name.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("\x1b[2J\x1b]0;passed\x07\n100 of 100\u202e.py")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return path
