"""Notebooks: made from a lab's cells with ids that stay, and read for what a student put in."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

from grader.labs.source import Cell, LabError, parse

FIRST_CELL = "first_cell.py"


def lab_names(labs: Path) -> list[str]:
    """The labs whose sources are in a folder; none if there is no such folder."""
    return sorted(path.stem for path in labs.glob("*.py") if path.name != FIRST_CELL)


def lab_cells(labs: Path, name: str) -> list[Cell]:
    """The cells of a lab: its source's, with the common set-up cell after the first."""
    cells = _read(labs / f"{name}.py")
    if cells[0].kind != "markdown":
        raise LabError(
            f"{name}.py: the first cell is markdown: the title and what the lab teaches."
        )
    common = _read(labs / FIRST_CELL)
    for taken in {cell.name for cell in common if cell.name} & {cell.name for cell in cells}:
        raise LabError(f"{name}.py: the name {taken!r} is the common set-up cell's.")
    return [cells[0], *common, *cells[1:]]


def notebook_of(cells: list[Cell]) -> bytes:
    """The notebook, as Jupyter would save it: without outputs, the same bytes every time."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    notebook = new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        nbformat_minor=5,
    )
    for cell, id in zip(cells, _ids(cells), strict=True):
        new = new_code_cell if cell.kind == "code" else new_markdown_cell
        made = new(source=cell.source, id=id)
        if cell.name:
            made.metadata["name"] = cell.name
        if cell.tags:
            made.metadata["tags"] = list(cell.tags)
        notebook.cells.append(made)
    nbformat.validate(notebook)
    return (nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n").encode()


def content_digest(notebook: bytes) -> str:
    """SHA-256 over what a student can have put in: every cell's text and outputs.

    What Jupyter adds when it saves (versions, whitespace, execution counts) is left out. What
    cannot be read as a notebook counts byte by byte.
    """
    try:
        cells = [_content(cell) for cell in json.loads(notebook)["cells"]]
        content = json.dumps(cells, sort_keys=True).encode()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        content = notebook
    return hashlib.sha256(content).hexdigest()


def _content(cell: Any) -> tuple[Any, ...]:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    return cell["cell_type"], text, cell.get("outputs") or [], cell.get("attachments") or {}


def _read(path: Path) -> list[Cell]:
    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise LabError(f"{path} cannot be read: {error}") from error


def _ids(cells: list[Cell]) -> list[str]:
    """An id for every cell that changes only when the cell's name, or its text, does."""
    seen: Counter[str] = Counter()
    ids = []
    for cell in cells:
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        id = cell.name[:60] or f"{cell.kind}-{digest}"
        seen[id] += 1
        ids.append(id if seen[id] == 1 else f"{id}-{seen[id]}")
    return ids
