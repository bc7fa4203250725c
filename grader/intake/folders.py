"""A folder on disk: its files, without following a link or waiting on a pipe."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from grader.intake.names import MAX_DEPTH, Refused, Taken, shown, skipped_folder

# Between looking and opening, a file may be replaced by a link or a pipe.
_FLAGS = os.O_RDONLY
for _name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC", "O_NOCTTY"):
    _FLAGS |= getattr(os, _name, 0)


def read_folder(root: Path, suffix: str) -> tuple[dict[str, bytes], dict[str, float]]:
    """The files of that kind, and when each was saved."""
    taken = Taken(suffix)
    saved_at: dict[str, float] = {}
    for folder, folders, names in os.walk(root, onerror=_raise):
        inside = Path(folder).relative_to(root)
        folders[:] = sorted(
            name
            for name in folders
            if not skipped_folder(name) and len(inside.parts) < MAX_DEPTH - 1
        )
        for found in sorted(names):
            relative = (inside / found).as_posix()
            if name := taken.name_of(relative):
                saved_at[name] = _take(taken, name, Path(folder) / found)
    return taken.files, saved_at


def read_files(paths: Mapping[str, Path], suffix: str) -> tuple[dict[str, bytes], dict[str, float]]:
    """Single files, each to be taken under a name, and when each was saved."""
    taken = Taken(suffix)
    saved_at: dict[str, float] = {}
    for wanted, path in paths.items():
        if name := taken.name_of(wanted):
            saved_at[name] = _take(taken, name, path)
    return taken.files, saved_at


def _take(taken: Taken, name: str, path: Path) -> float:
    _require_regular(name, path.lstat())
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        raise Refused("refused_unreadable", name=shown(name), why=error.strerror) from error
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        _require_regular(name, status)
        taken.take(name, status.st_size, file.read)
        return status.st_mtime


def _require_regular(name: str, status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise Refused("refused_link", name=shown(name))
    if not stat.S_ISREG(status.st_mode):
        raise Refused("refused_special", name=shown(name))


def _raise(error: OSError) -> None:
    raise error
