"""What was found in a class's folder: whose it is, and what is nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from grader.intake.names import shown
from grader.sentences import Sentence
from grader.submission import (
    Submission,
    read_loose_files,
    read_notebooks,
    read_submission,
)


class LayoutError(Exception):
    """The folder is not there, or is no class; the sentence says what to give."""


@dataclass(frozen=True)
class Found:
    """What a student handed in.

    path: a folder, archive or notebook; with `files`, the folder in which these lie
    files: single files that are one submission, by the names that they had
    source: where it was found, inside the class's folder
    team: everybody who handed it in, each of whom has a Found of their own
    marked_late: the platform said so, without saying when
    """

    student: str
    path: Path
    submitted_at: datetime | None = None
    source: str = ""
    team: tuple[str, ...] = ()
    name: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    marked_late: bool = False

    def read(self) -> Submission:
        """The submission itself."""
        if self.files:
            return read_loose_files(self.student, self.path, self.files)
        return replace(read_submission(self.path), id=self.student)

    def notebooks(self) -> tuple[dict[str, bytes], Sentence | None]:
        """The notebooks in it, and why they cannot be read, if so."""
        return read_notebooks(self.path, self.files)


@dataclass(frozen=True)
class Unmatched:
    """Something in the folder that is graded for nobody, and why."""

    name: str
    why: str


@dataclass
class Findings:
    """What a class's folder holds: each student's submissions, and what is nobody's."""

    layout: str
    found: list[Found] = field(default_factory=list)
    unmatched: list[Unmatched] = field(default_factory=list)

    def leave(self, name: str, why: str) -> None:
        """Name something that is not graded."""
        self.unmatched.append(Unmatched(shown(name), why))
