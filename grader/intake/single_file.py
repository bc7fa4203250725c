"""A submission in one file: an archive or a notebook, known by its content and not by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from grader.intake.names import NOTEBOOK, PYTHON, Refused, Taken, shown
from grader.intake.notebooks import python_of
from grader.intake.streams import COMPRESSIONS
from grader.intake.tars import BLOCK, looks_like_tar, read_tar
from grader.intake.zips import read_zip

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def python_in(file: BinaryIO, name: str) -> dict[str, bytes]:
    """The Python files in an archive, or what the notebooks in it define; or a single notebook."""
    read = _archive_reader(file.read(BLOCK), name)
    if read is None:
        if name.lower().endswith(NOTEBOOK):
            return python_of(_single_notebook(file, name))
        raise Refused("refused_kind", name=shown(name))
    files = read(file, PYTHON) or python_of(read(file, NOTEBOOK))
    if not files:
        raise Refused("refused_empty", name=shown(name))
    return files


def notebooks_in(file: BinaryIO, name: str) -> dict[str, bytes]:
    """The notebooks in an archive, or the single one that a file is; none in any other file."""
    if reader := _archive_reader(file.read(BLOCK), name):
        return reader(file, NOTEBOOK)
    if name.lower().endswith(NOTEBOOK):
        return _single_notebook(file, name)
    return {}


def _archive_reader(head: bytes, name: str) -> Callable[[BinaryIO, str], dict[str, bytes]] | None:
    """What reads an archive that begins like this; None if it is none."""
    if head.startswith(ZIP_MAGIC) or name.lower().endswith(".zip"):
        return read_zip
    if head.startswith(tuple(COMPRESSIONS)) or looks_like_tar(head):
        return read_tar
    return None


def _single_notebook(file: BinaryIO, name: str) -> dict[str, bytes]:
    taken = Taken(NOTEBOOK)
    file.seek(0)
    taken.take(name, 0, file.read)
    return taken.files
