# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_empty"
# [expects]
# "*" = "missing"
# ///
"""A zip in a zip in a zip, each of which unfolds into more."""

import io
import zipfile


def write(folder):
    content = b"raise SystemExit"
    for level in range(5):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for copy in range(8):
                archive.writestr(f"{level}{copy}.zip" if level else f"{copy}.txt", content)
        content = buffer.getvalue()
    path = folder / "nested.zip"
    path.write_bytes(content)
    return path
