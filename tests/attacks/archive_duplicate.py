# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_twice"
# [expects]
# "*" = "missing"
# ///
"""A zip that holds optim.py twice: one for the plagiarism check and one for the grader."""

import warnings
import zipfile


def write(folder):
    path = folder / "twice.zip"
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("optim.py", "# my own work")
        archive.writestr("optim.py", "# somebody else's")
    return path
