# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_notebook"
# [expects]
# "*" = "missing"
# ///
"""A notebook that is JSON nested a million times."""


def write(folder):
    (folder / "work.ipynb").write_text("[" * 1_000_000 + "]" * 1_000_000)
    return folder
