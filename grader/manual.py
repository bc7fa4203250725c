"""What persons mark: the questions in the labs, as the manifest's [[manual]] lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.reader import Reader

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")  # as the labs name their cells
LAB = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class ManualQuestion:
    """A question in a lab: the name of its cell, what it is called, and its points."""

    name: str
    title: str
    lab: str
    points: int


def read_manual(read: Reader, entries: list[Any]) -> tuple[ManualQuestion, ...]:
    """The manifest's [[manual]] entries, in their order; ManifestError for one that is not sound.

    That its lab exists is looked at where the labs' sources are: students' copies have none.
    """
    questions = tuple(_one(read, entry, index) for index, entry in enumerate(entries, start=1))
    names = [question.name for question in questions]
    for name in names:
        if names.count(name) > 1:
            raise read.fail(f"manual {name}", "it is there twice")
    return questions


def _one(read: Reader, entry: Any, index: int) -> ManualQuestion:
    where = f"manual {index}"
    if type(entry) is not dict:
        raise read.fail(where, "must be a table")
    entry = dict(entry)
    name = read.take(entry, where, "name", str)
    if not NAME.match(name):
        raise read.fail(where, f"`name` must be lower-case words with hyphens, not {name!r}")
    where = f"manual {name}"
    title = read.take(entry, where, "title", str)
    if not title.strip():
        raise read.fail(where, "`title` is empty")
    lab = read.take(entry, where, "lab", str)
    if not LAB.match(lab) or not _there(read.path.parent / "labs", lab):
        raise read.fail(where, f"`lab` names no lab: {lab!r}")
    points = read.take(entry, where, "points", int)
    if points <= 0:
        raise read.fail(where, "`points` must be positive")
    read.nothing_left(entry, where)
    return ManualQuestion(name, title, lab, points)


def _there(labs: Path, lab: str) -> bool:
    return (labs / f"{lab}.py").is_file() or not labs.is_dir()
