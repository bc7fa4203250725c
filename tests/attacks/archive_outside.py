# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_outside"
# [expects]
# "*" = "missing"
# ///
"""A zip with a file above the folder that it is extracted into."""

import zipfile


def write(folder):
    path = folder / "above.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("work/../../../grader/compare.py", "def assert_close(*args): pass")
    return path
