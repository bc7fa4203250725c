# /// attack
# kind = "archive"
# modes = "any"
# [expects]
# "*" = "missing"
# ///
"""A notebook whose cells are shell commands and magics, for a converter that runs them."""

import json

CELLS = [
    "!touch /tmp/descent-left-behind",
    "%%bash\ntouch /tmp/descent-left-behind",
    "%run optim.py",
]
CELLS += [
    "get_ipython().system('touch /tmp/descent-left-behind')",
    "%%writefile /tmp/descent-left-behind",
]


def write(folder):
    cells = [{"cell_type": "code", "source": s, "outputs": [], "metadata": {}} for s in CELLS]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "work.ipynb").write_text(json.dumps(notebook))
    return folder
