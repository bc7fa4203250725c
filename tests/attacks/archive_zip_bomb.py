# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_large"
# [expects]
# "*" = "missing"
# ///
"""A zip of one megabyte that holds a gigabyte."""

import zipfile


def write(folder):
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("optim.py", "w", force_zip64=True) as member:
            for _ in range(64):
                member.write(b"#" * (1 << 24))
    return path
