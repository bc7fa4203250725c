"""A submission: a folder or a zip, read into the bytes of its Python files.

Nothing is extracted or executed here. Only `.py` files are taken, up to caps that no honest
submission comes near; what cannot be read gives an empty submission that says why, so that the
grader still produces a complete result.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

MAX_FILE = 1 << 20
MAX_FILES = 200
MAX_DEPTH = 4
# Caches, installed packages, and what an instructor keeps beside the solutions.
SKIPPED = frozenset(
    {"__pycache__", "node_modules", "site-packages", "wrong_answers", "accepted_variants"}
)


class SubmissionError(Exception):
    """The path given is not there: wrong usage, not a student's fault."""


class Refused(Exception):
    """What was handed in cannot be read; the message says why."""


@dataclass(frozen=True)
class Submission:
    """The files of one submission, by their path inside it."""

    id: str
    path: Path
    files: dict[str, bytes] = field(repr=False)
    saved_at: dict[str, float] = field(default_factory=dict)  # seconds since the epoch
    refused: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over the names and contents of the files."""
        total = hashlib.sha256()
        for name in sorted(self.files):
            for part in (name.encode("utf-8", "surrogateescape"), self.files[name]):
                total.update(len(part).to_bytes(8, "big") + part)
        return f"sha256:{total.hexdigest()}"


def read_submission(path: Path) -> Submission:
    """The submission in a folder or zip; SubmissionError if there is nothing at `path`."""
    name = path.resolve().name
    try:
        if path.is_dir():
            files, saved_at = _read_folder(path)
            return Submission(name, path, files, saved_at)
        if not path.exists():
            raise SubmissionError(
                f"{path} does not exist. Give the folder or zip that holds the submission."
            )
        if path.suffix.lower() == ".zip":
            return Submission(path.stem, path, _read_zip(path))
        if path.suffix.lower() == ".py":
            raise SubmissionError(
                f"{path} is a single file. Give the folder that it lies in: {path.parent}"
            )
        raise Refused(f"{path.name} is neither a folder nor a zip file")
    except Refused as error:
        id = name if path.is_dir() else path.stem
        return Submission(id, path, {}, refused=str(error))
    except OSError as error:
        id = name if path.is_dir() else path.stem
        why = f"{error.filename or path.name}: {error.strerror or error}"
        return Submission(id, path, {}, refused=why)


def _read_folder(root: Path) -> tuple[dict[str, bytes], dict[str, float]]:
    files: dict[str, bytes] = {}
    saved_at: dict[str, float] = {}
    for folder, folders, names in os.walk(root):
        inside = Path(folder).relative_to(root)
        folders[:] = sorted(
            name for name in folders if _wanted_folder(name) and len(inside.parts) < MAX_DEPTH - 1
        )
        for name in sorted(names):
            if not name.endswith(".py") or name.startswith("."):
                continue
            path = Path(folder) / name
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                raise Refused(f"{inside / name} is not a regular file")
            _check_caps(str(inside / name), status.st_size, len(files))
            key = (inside / name).as_posix()
            files[key] = path.read_bytes()
            saved_at[key] = status.st_mtime
    return files, saved_at


def _read_zip(path: Path) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                name = PurePosixPath(member.filename)
                if member.is_dir() or name.suffix != ".py":
                    continue
                if name.is_absolute() or ".." in name.parts:
                    raise Refused(f"it names a file outside itself: {member.filename!r}")
                if not all(map(_wanted_folder, name.parts)):
                    continue
                if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                    raise Refused(f"{name} is not a regular file")
                _check_caps(str(name), member.file_size, len(files))
                with archive.open(member) as stream:
                    content = stream.read(MAX_FILE + 1)
                _check_caps(str(name), len(content), len(files))
                if str(name) in files:
                    raise Refused(f"it holds {name} twice")
                files[str(name)] = content
    except (Refused, MemoryError):
        raise
    except Exception as error:  # zipfile and the decompressors raise almost anything
        raise Refused(f"it is not a readable zip file ({error})") from error
    return _without_common_folder(files)


def _without_common_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Zipping a folder puts its name before every file; take it away."""
    folders = [PurePosixPath(name).parts[:-1] for name in files]
    common = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        common += 1
    return {"/".join(name.split("/")[common:]): content for name, content in files.items()}


def _wanted_folder(name: str) -> bool:
    return name not in SKIPPED and not name.startswith((".", "__MACOSX"))


def _check_caps(name: str, size: int, count: int) -> None:
    if size > MAX_FILE:
        raise Refused(f"{name} has more than {MAX_FILE >> 20} MiB")
    if count >= MAX_FILES:
        raise Refused(f"it holds more than {MAX_FILES} Python files")
