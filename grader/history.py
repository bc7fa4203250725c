"""A small local history: every practice grading keeps a copy of what it graded."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from grader.grading import Graded

KEPT = 50


def keep(folder: Path, graded: Graded) -> None:
    """Copy the graded files to `folder/<time>-<digest>/`, unless the newest copy is the same.

    A history that cannot be written (a full disk, a read-only folder) is no reason not to grade.
    """
    digest = graded.submission.digest.removeprefix("sha256:")[:12]
    moment = graded.result.graded_at.replace(":", "").partition("+")[0]
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        entries = sorted(entry for entry in folder.iterdir() if entry.is_dir())
        if not graded.submission.files or (entries and entries[-1].name.endswith(digest)):
            return
        copy = folder / f"{moment}-{digest}"
        for name, content in graded.submission.files.items():
            path = copy / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for old in entries[: max(len(entries) + 1 - KEPT, 0)]:
            shutil.rmtree(old, ignore_errors=True)
