# /// attack
# kind = "archive"
# modes = "any"
# [expects]
# "*" = "missing"
# ///
"""A folder that contains itself, by links."""


def write(folder):
    (folder / "work").symlink_to(folder, target_is_directory=True)
    (folder / "again").symlink_to("again")
    return folder
