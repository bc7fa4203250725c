"""Notebooks: their cells, read under caps, and the Python in them. Formats 3 and 4, no nbformat.

nbformat takes a tenth of a second to import and need not be there where grading happens.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from grader.intake.cells import free_name, modules
from grader.intake.names import NOTEBOOK, PYTHON, Refused, shown

MAX_VALUES = 500_000  # numbers, lists, tables: each takes memory far beyond its length as text
MAX_STRINGS = 500_000
MAX_NESTING = 100
MAX_CELLS = 2000
MAX_CODE = 256 << 10  # characters of source in a submission: parsing takes time,
MAX_CELL = 64 << 10  # and of one cell: its syntax tree takes memory


def all_code_cells(notebooks: Mapping[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """Every notebook's name and code cells; Refused where one is none, or they hold too much."""
    code = 0
    for name, content in notebooks.items():
        cells = _code_cells(content, name)
        code += sum(map(len, cells))
        if len(cells) > MAX_CELLS or code > MAX_CODE or any(len(c) > MAX_CELL for c in cells):
            caps = {"cells": MAX_CELLS, "kib": MAX_CODE >> 10, "cell_kib": MAX_CELL >> 10}
            raise Refused("refused_notebook_code", name=shown(name), **caps)
        yield name, cells


def python_of(notebooks: dict[str, bytes]) -> dict[str, bytes]:
    """A Python file for every notebook, with what it defines."""
    files: dict[str, bytes] = {}
    for name, cells in all_code_cells(notebooks):
        for module, source in modules(cells, _module_stem(name)).items():
            files[free_name(module.removesuffix(PYTHON), files)] = source
    return files


def all_cells(content: bytes) -> list[dict[str, Any]]:
    """Every cell of a notebook, as it is there; ValueError where the content is none."""
    try:
        _check_structure(content)
        return _cells(json.loads(content.decode("utf-8-sig")))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def source_of(cell: Mapping[str, Any]) -> str:
    """A cell's text; ValueError where it is none."""
    return _text(cell["source"] if "source" in cell else cell.get("input", ""))


def _code_cells(content: bytes, name: str) -> list[str]:
    """The source of every code cell, in order."""
    try:
        return [source_of(cell) for cell in all_cells(content) if cell.get("cell_type") == "code"]
    except ValueError:
        raise Refused("refused_notebook", name=shown(name)) from None


def _check_structure(content: bytes) -> None:
    """ValueError for JSON that would take much memory, or nests too deeply, before it is parsed."""
    if content.count(b'"') > 2 * MAX_STRINGS:
        raise ValueError("too many strings")
    # What is left between quotes, once no quote is an escaped one, lies outside of strings.
    outside = b"".join(content.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])
    if sum(map(outside.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise ValueError("too many values")
    depth = 0
    for bracket in outside.translate(None, bytes(set(range(256)) - set(b"[]{}"))):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_NESTING:
            raise ValueError("nested too deeply")


def _cells(notebook: Any) -> list[dict[str, Any]]:
    if not isinstance(notebook, dict):
        raise ValueError("not a notebook")
    cells = notebook.get("cells")
    if cells is None:  # format 3
        sheets = _list(notebook.get("worksheets"))
        cells = [cell for sheet in sheets for cell in _list(_table(sheet).get("cells"))]
    return [_table(cell) for cell in _list(cells)]


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not a table")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value


def _text(value: Any) -> str:
    """A cell's source: a string, or a list of its lines."""
    text = value if isinstance(value, str) else "".join(map(_string, _list(value)))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode()  # no lone surrogates


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a string")
    return value


def _module_stem(name: str) -> str:
    """The notebook's name as a module's: `Part 1.ipynb` is Part_1, and no other module's name."""
    stem = "/".join(re.sub(r"\W", "_", part) for part in name[: -len(NOTEBOOK)].split("/"))
    taken = stem in sys.stdlib_module_names or stem in ("numpy", "assignment", "grader")
    return f"{stem}_notebook" if taken else stem
