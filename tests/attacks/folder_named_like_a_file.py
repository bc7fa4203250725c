# /// attack
# kind = "archive"
# modes = "any"
# [expects]
# "*" = "missing"
# ///
"""A folder with a folder named optim.py."""


def write(folder):
    (folder / "optim.py").mkdir()
    (folder / "optim.py" / "adam.txt").write_text("def adam(): pass")
    return folder
