"""A submission: a folder, a zip, a tar or a notebook, read into the bytes of its Python files.

`grader/intake/` says what is taken and what is refused. What cannot be read gives an empty
submission that says why, so that the grader still produces a complete result.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.intake.folders import read_files, read_folder
from grader.intake.names import NOTEBOOK, PYTHON, Refused, shown
from grader.intake.streams import Damaged
from grader.sentences import Sentence

SUFFIXES = re.compile(r"\.(zip|ipynb|tar|tgz|tbz2?|txz|tar\.(gz|bz2|xz))\Z", re.IGNORECASE)


class SubmissionError(Exception):
    """The path given is not there: wrong usage, not a student's fault."""


@dataclass(frozen=True)
class Submission:
    """The files of one submission, by their path inside it."""

    id: str
    path: Path
    files: dict[str, bytes] = field(repr=False)
    saved_at: dict[str, float] = field(default_factory=dict)  # seconds since the epoch
    refused: Sentence | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over the names and contents of the files."""
        total = hashlib.sha256()
        for name in sorted(self.files):
            for part in (name.encode("utf-8", "surrogateescape"), self.files[name]):
                total.update(len(part).to_bytes(8, "big") + part)
        return f"sha256:{total.hexdigest()}"


def read_submission(path: Path) -> Submission:
    """The submission in a folder, zip, tar or notebook.

    Raises SubmissionError if there is nothing at `path`; whatever is there gives a Submission.
    """
    try:
        mode = path.stat().st_mode
    except PermissionError as error:
        return Submission(_id(path), path, {}, refused=_unreadable(path, error))
    except (OSError, ValueError):
        raise SubmissionError(
            f"{path} does not exist. Give the folder, zip, tar or notebook that is the submission."
        ) from None
    id = path.resolve().name if stat.S_ISDIR(mode) else _id(path)
    if stat.S_ISREG(mode) and path.suffix.lower() == PYTHON:
        raise SubmissionError(
            f"{path} is a single file. Give the folder that it lies in: {path.parent}"
        )

    def read() -> tuple[dict[str, bytes], dict[str, float]]:
        if stat.S_ISDIR(mode):
            return _read_folder(path)
        if not stat.S_ISREG(mode):
            raise Refused("refused_kind", name=shown(path.name))
        from grader.intake.single_file import python_in

        with path.open("rb") as file:
            return python_in(file, path.name), {}

    return _read_or_refuse(id, path, read)


def read_loose_files(id: str, path: Path, files: Mapping[str, Path]) -> Submission:
    """The submission that single Python files make together, each under the name it had.

    path: where they lie, perhaps beside those of others
    """
    return _read_or_refuse(id, path, lambda: read_files(files, PYTHON))


def read_notebooks(
    path: Path, files: Mapping[str, Path] | None = None
) -> tuple[dict[str, bytes], Sentence | None]:
    """The notebooks of a submission, whatever else is in it; and why they cannot be read, if so.

    files: single files, each under the name it had, in place of what is at `path`
    """

    def read() -> tuple[dict[str, bytes], dict[str, float]]:
        if files:
            return read_files(files, NOTEBOOK)
        if path.is_dir():
            return read_folder(path, NOTEBOOK)
        if not path.is_file():
            return {}, {}
        from grader.intake.single_file import notebooks_in

        with path.open("rb") as file:
            return notebooks_in(file, path.name), {}

    submission = _read_or_refuse(path.name, path, read)
    return submission.files, submission.refused


def _read_or_refuse(
    id: str, path: Path, read: Callable[[], tuple[dict[str, bytes], dict[str, float]]]
) -> Submission:
    try:
        return Submission(id, path, *read())
    except Refused as error:
        return Submission(id, path, {}, refused=error.sentence)
    except Damaged:
        refused = Sentence("refused_damaged", {"name": shown(path.name)})
        return Submission(id, path, {}, refused=refused)
    except OSError as error:
        return Submission(id, path, {}, refused=_unreadable(path, error))


def _id(path: Path) -> str:
    return SUFFIXES.sub("", path.name) or path.stem


def _unreadable(path: Path, error: OSError) -> Sentence:
    name = shown(str(error.filename or path.name))
    return Sentence("refused_unreadable", {"name": name, "why": error.strerror or str(error)})


def _read_folder(path: Path) -> tuple[dict[str, bytes], dict[str, float]]:
    files, saved_at = read_folder(path, PYTHON)
    if not files:
        from grader.intake.notebooks import python_of

        notebooks, _ = read_folder(path, NOTEBOOK)
        files = python_of(notebooks)
    return files, saved_at
