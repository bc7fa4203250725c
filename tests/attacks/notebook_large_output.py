# /// attack
# kind = "archive"
# modes = "any"
# refused = "refused_notebook_large"
# [expects]
# "*" = "missing"
# ///
"""A notebook with no code and an output of fifty megabytes."""

import json


def write(folder):
    output = {"output_type": "stream", "name": "stdout", "text": ["x" * 100] * 500_000}
    cell = {"cell_type": "code", "source": [], "outputs": [output], "metadata": {}}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "work.ipynb").write_text(json.dumps(notebook))
    return folder
