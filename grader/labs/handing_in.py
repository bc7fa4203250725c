"""The labs in a submission: what of a student's notebooks is packed, and what they may have missed.

Packed are the cells' texts, the answers among them. Outputs stay behind: they can be large, and
whoever reads the answers can run the lab.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.intake.names import MAX_NOTEBOOK
from grader.labs import ANSWER, SET_UP, SUFFIX
from grader.labs.answers import is_empty
from grader.manifest import Manifest

MAX_PACKED = 4 << 20  # pictures pasted into answers stay


@dataclass
class Labs:
    """Notebooks to pack, by name, and a sentence for each thing that may have been missed."""

    files: dict[str, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def labs_in(folder: Path, manifest: Manifest) -> Labs:
    """The labs in a student's folder; notebooks of their own are none, and are left out."""
    found = Labs()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            notebook = _read(path)
        except (OSError, ValueError, RecursionError):
            found.warnings.append(manifest.say("lab_unreadable", lab=path.name))
            continue
        cells = [cell for cell in notebook["cells"] if isinstance(cell, dict)]
        if not any(_metadata(cell).get("name") == SET_UP for cell in cells):
            continue
        found.warnings += _warnings(path.stem, cells, manifest)
        packed = _without_outputs(notebook)
        if len(packed) <= MAX_PACKED:
            found.files[path.name] = packed
        else:
            found.warnings.append(manifest.say("lab_unreadable", lab=path.name))
    return found


def _read(path: Path) -> dict[str, Any]:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_NOTEBOOK:
        raise ValueError("not an ordinary file of a notebook's size")
    notebook = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ValueError("not a notebook")
    return notebook


def _warnings(lab: str, cells: list[dict[str, Any]], manifest: Manifest) -> list[str]:
    code = [cell for cell in cells if cell.get("cell_type") == "code" and _text(cell).strip()]
    idle = sum(cell.get("execution_count") is None for cell in code)
    outputs = [o for cell in code for o in _list(cell.get("outputs")) if isinstance(o, dict)]
    empty = [
        str(_metadata(cell).get("name", "?")).removesuffix("-answer")
        for cell in cells
        if ANSWER in _list(_metadata(cell).get("tags")) and is_empty(_text(cell))
    ]
    warnings = []
    if idle:
        warnings.append(manifest.say("lab_not_run", lab=lab, count=idle))
    if any(output.get("output_type") == "error" for output in outputs):
        warnings.append(manifest.say("lab_error", lab=lab))
    if empty:
        warnings.append(manifest.say("lab_unanswered", lab=lab, questions=", ".join(empty)))
    return warnings


def _without_outputs(notebook: dict[str, Any]) -> bytes:
    cells = [
        {**cell, "outputs": [], "execution_count": None}
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
        else cell
        for cell in notebook["cells"]
    ]
    text = json.dumps({**notebook, "cells": cells}, indent=1, ensure_ascii=False)
    return text.encode("utf-8", "replace") + b"\n"


def _metadata(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _text(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(map(str, _list(source)))


def _list(value: Any) -> list[Any]:
    """The value, or nothing where a damaged notebook has something else in a list's place."""
    return value if isinstance(value, list) else []
