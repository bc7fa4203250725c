"""The names that Canvas gives to downloaded files, and loose files that are one submission.

A file is called `lastnamefirstname_12345_678901_optim.py`: the name, `LATE_` if it was, the ids of
the student and of the upload, and what the student called it. For every repeated upload under one
name Canvas counts up: `optim-1.py`, `optim-2.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.intake.names import NOTEBOOK, PYTHON
from grader.submission import SUFFIXES

NAME = re.compile(r"(?P<name>[^_].*?)_(?P<late>LATE_)?(?P<id>\d+)_(?P<upload>\d+)_(?P<file>.+)\Z")
TEXT = re.compile(r"[^_].*?_(LATE_)?\d+_(text|link|url)\.html\Z")
REPEATED = re.compile(r"(?P<stem>.+)-(?P<count>\d{1,3})(?P<suffix>(\.tar)?\.[A-Za-z0-9]+)\Z")


@dataclass
class Uploads:
    """What a student uploaded: the newest upload of every name, and older ones."""

    late: bool = False
    files: dict[str, str] = field(default_factory=dict)
    older: list[str] = field(default_factory=list)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, uploaded: str, name: str, upload: int) -> None:
        """Add a file; of one name, the highest count counts, and then the highest upload id."""
        count = 0
        if match := REPEATED.match(name):
            name, count = match["stem"] + match["suffix"], int(match["count"])
        newest = self.counts.get(name)
        if newest is not None and newest > (count, upload):
            self.older.append(uploaded)
            return
        if newest is not None:
            self.older.append(self.files[name])
        self.files[name] = uploaded
        self.counts[name] = (count, upload)


def recognized(names: Iterable[str]) -> bool:
    """Whether these are a Canvas download: every file that could be a submission is named so."""
    files = [name for name in names if Path(name).suffix.lower() == PYTHON or SUFFIXES.search(name)]
    return any(map(NAME.match, files)) and all(map(NAME.match, files))


def by_student(
    names: Iterable[str],
) -> tuple[dict[tuple[str, str], Uploads], list[tuple[str, str]]]:
    """The uploads by (name, Canvas id), and (name, why) of what is no upload."""
    students: dict[tuple[str, str], Uploads] = {}
    left = []
    for name in names:
        match = NAME.match(name)
        if match is not None:
            uploads = students.setdefault((match["name"], match["id"]), Uploads())
            uploads.late |= bool(match["late"])
            uploads.add(name, match["file"], int(match["upload"]))
        elif TEXT.match(name):
            left.append((name, "text typed in the browser is not graded"))
        else:
            left.append((name, "its name is not like those of the other submissions"))
    return students, left


def one_submission(
    folder: Path, files: Mapping[str, Path]
) -> tuple[Path | None, dict[str, Path], list[tuple[str, str]]]:
    """What of a student's loose files is graded: (path, files there, (name, why) of the rest).

    Python files are one submission together, with notebooks beside them for the answers in these;
    otherwise one archive, otherwise the notebooks.
    """
    kinds: dict[str, dict[str, Path]] = {PYTHON: {}, "archive": {}, NOTEBOOK: {}}
    left = []
    for name, path in files.items():
        suffix = Path(name).suffix.lower()
        kind = suffix if suffix in kinds else "archive" if SUFFIXES.search(name) else ""
        if kind:
            kinds[kind][name] = path
        else:
            left.append((name, "it is no Python file, archive or notebook"))
    for kind, other, why in (
        (PYTHON, "archive", "Python files lie beside it, which are graded"),
        ("archive", NOTEBOOK, "an archive lies beside it, which is graded"),
    ):
        if kinds[kind]:
            left += [(name, why) for name in kinds.pop(other)]
            break
    if python := kinds[PYTHON]:
        return folder, {**python, **kinds[NOTEBOOK]}, left
    packed = kinds.get("archive") or kinds.get(NOTEBOOK) or {}
    if len(packed) > 1:
        names = ", ".join(sorted(packed))
        return (
            None,
            {},
            [*left, *((n, f"one student has several: {names}; keep one") for n in packed)],
        )
    return next(iter(packed.values()), None), {}, left
