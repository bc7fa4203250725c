"""The roster: a CSV file with one row for each student of the class.

Only the column `student` is required; it holds what the gradebook calls them. The others help to
find a student's submission and to export a grade (`name`, `email`, `file`, `login`, `section` and
the identifiers of learning platforms), or say what is agreed with a student: `team`, `extension`
(their own due date) and `slip_days`. `submitted_at` is for platforms whose downloads do not say it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.classroom import tables
from grader.classroom.records import Student
from grader.classroom.times import parse_time

# What tells one student from another, beside `student` itself.
IDENTIFIERS = ("email", "canvas_id", "sis_id", "login", "participant", "file")
COLUMNS = (
    *("student", "name", "email", "team", "file", "extension", "slip_days", "submitted_at"),
    *("canvas_id", "sis_id", "login", "section", "participant"),
)
SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d+\Z", re.IGNORECASE)  # Excel's way with long numbers
LONGEST = 200  # characters of a student's id


class RosterError(Exception):
    """The roster cannot be used; the sentence names the line and the way out."""


@dataclass(frozen=True)
class Roster:
    """The students of a class; `details` of each hold what the gradebook has no column for."""

    path: Path
    students: tuple[Student, ...] = field(repr=False)

    @cached_property
    def by_id(self) -> dict[str, Student]:
        """Every student by their id."""
        return {student.id: student for student in self.students}

    @cached_property
    def _index(self) -> dict[str, dict[str, list[Student]]]:
        index: dict[str, dict[str, list[Student]]] = {}
        for student in self.students:
            for kind, value in identifiers(student).items():
                index.setdefault(kind, {}).setdefault(same(value), []).append(student)
            index.setdefault("name", {}).setdefault(same_name(student.name), []).append(student)
        return index

    def find(self, value: str, *kinds: str) -> Student | None:
        """The student whose identifier of one of these kinds it is; the first kind that fits.

        Capitals and the way accents are composed do not matter. None if nobody fits, or if several
        students do.
        """
        if not value.strip():
            return None
        for kind in kinds:
            key = same_name(value) if kind == "name" else same(value)
            found = self._index.get(kind, {}).get(key, []) if key else []
            if len(found) == 1 or (found and kind == "file"):  # which only a team shares
                return found[0]
        return None

    def team(self, student: Student) -> tuple[str, ...]:
        """The ids of everybody in a student's team, at least their own."""
        if not student.team:
            return (student.id,)
        return tuple(other.id for other in self.students if other.team == student.team)


def identifiers(student: Student) -> dict[str, str]:
    """Everything by which a student is known, by its kind."""
    known = {"student": student.id, "email": student.email}
    known |= {kind: str(student.details.get(kind, "")) for kind in IDENTIFIERS[1:]}
    return {kind: value for kind, value in known.items() if value}


def same(text: str) -> str:
    """Equal for two spellings of one identifier."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def same_name(text: str) -> str:
    """Equal for `Curie-Sklodowska, Marie` and `curiesklodowskamarie`.

    Platforms leave out spaces, commas and hyphens of a name, each in its own way.
    """
    return "".join(sign for sign in same(text) if sign.isalnum())


def read_roster(path: Path, zone: tzinfo = UTC) -> Roster:
    """Read a roster; times without an offset are on the clocks of `zone`.

    Raises RosterError, in one sentence, for anything that is missing, unknown, doubled or no date.
    """
    try:
        rows, _ = tables.parse(tables.decoded(path.read_bytes(), str(path)), str(path))
    except FileNotFoundError:
        raise RosterError(f"{path} does not exist. Give the CSV file with the class.") from None
    except OSError as error:
        raise RosterError(f"{path} cannot be read: {error.strerror}.") from error
    except tables.TableError as error:
        raise RosterError(str(error)) from None
    if not rows:
        raise RosterError(f"{path} is empty. Its first row names the columns; one is `student`.")
    line, header = rows[0]
    columns = _columns(f"{path}, line {line}", header)
    students: list[Student] = []
    lines: dict[tuple[str, str], tuple[int, Student]] = {}
    for line, row in rows[1:]:
        where = f"{path}, line {line}"
        if any(cell.strip() for cell in row[len(columns) :]):
            raise RosterError(
                f"{where}: it has {len(row)} cells, but the first row names {len(header)} columns."
            )
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name}
        student = _student(where, cells, zone)
        _unique(path, line, student, lines)
        students.append(student)
    return Roster(path, tuple(students))


def _columns(where: str, header: list[str]) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", name.strip().lower()) for name in header]
    while names and not names[-1]:  # Excel keeps columns that were emptied
        names.pop()
    known = ", ".join(COLUMNS)
    if "student" not in names:
        raise RosterError(
            f"{where}: no column is named `student`. The first row names the columns: {known}."
        )
    for name, written in zip(names, header, strict=False):
        if name not in COLUMNS:
            raise RosterError(f"{where}: unknown column `{written.strip()}`. Known are {known}.")
        if names.count(name) > 1:
            raise RosterError(f"{where}: the column `{name}` is there twice.")
    return names


def _student(where: str, cells: Mapping[str, str], zone: tzinfo) -> Student:
    id = cells["student"]
    if not id:
        raise RosterError(f"{where}: the cell in column `student` is empty.")
    if not id.isprintable() or len(id) > LONGEST:
        raise RosterError(f"{where}: `student` must be one line of at most {LONGEST} signs.")
    details: dict[str, Any] = {}
    for name, text in cells.items():
        if not text or name in ("student", "name", "email", "team"):
            continue
        if name in ("extension", "submitted_at"):
            try:
                details[name] = parse_time(text, zone).isoformat()
            except ValueError as error:
                raise RosterError(f"{where}: `{name}`: {error}.") from None
        elif name == "slip_days":
            if not re.fullmatch(r"[0-9]{1,3}", text):
                raise RosterError(f"{where}: `slip_days` must be 0, 1, 2, ..., not {text!r}.")
            details[name] = int(text)
        else:
            details[name] = _participant(text) if name == "participant" else text
    for name in ("student", *IDENTIFIERS):
        if SHORTENED.fullmatch(cells.get(name, "")):
            raise RosterError(
                f"{where}: {cells[name]} in column `{name}` is a number that Excel has shortened. "
                "Format the column as text and enter the number again."
            )
    more = {name: cells.get(name, "") for name in ("name", "email", "team")}
    return Student(id, **more, details=details)


def _participant(text: str) -> str:
    """Moodle's number of a student, which its grading sheet calls `Participant 123`."""
    return re.sub(r"\AParticipant\s+(?=\d)", "", text, flags=re.IGNORECASE)


def _unique(
    path: Path, line: int, student: Student, lines: dict[tuple[str, str], tuple[int, Student]]
) -> None:
    for kind, value in identifiers(student).items():
        other_line, other = lines.setdefault((kind, same(value)), (line, student))
        shared = kind == "file" and student.team and student.team == other.team
        if other is not student and not shared:
            way_out = " Students of one `team` may share it." if kind == "file" else ""
            raise RosterError(
                f"{path}, line {line}: `{kind}` {value} is in line {other_line} already.{way_out}"
            )
