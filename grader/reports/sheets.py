"""A grade sheet that a platform gave to download: its columns, and whose row is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom import tables
from grader.classroom.grades import Grade
from grader.classroom.roster import identifiers, same


class ExportError(Exception):
    """Grades cannot be written in that format; the sentence says what is missing."""


@dataclass
class Export:
    """A written sheet, and what the instructor must know about it."""

    text: str
    notes: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """The rows of a downloaded CSV file."""

    name: str
    header: list[str]
    rows: list[list[str]]
    delimiter: str

    def column(self, *names: str) -> int | None:
        """The column of one of these names, whatever the capitals."""
        header = [same(name) for name in self.header]
        return next((header.index(same(name)) for name in names if same(name) in header), None)


def read_sheet(path: Path, required: Iterable[str], what: str) -> Sheet:
    """A downloaded sheet; ExportError unless it has these columns."""
    try:
        rows, delimiter = tables.parse(tables.decoded(path.read_bytes(), str(path)), str(path))
    except OSError as error:
        raise ExportError(
            f"{path} cannot be read ({error.strerror}). Download {what} and give it here."
        ) from None
    except tables.TableError as error:
        raise ExportError(str(error)) from None
    header = [name.strip() for name in rows[0][1]] if rows else []
    sheet = Sheet(str(path), header, [], delimiter)
    for name in required:
        if sheet.column(name) is None:
            raise ExportError(
                f"{path} has no column `{name}`, so it is not {what}. Download that again, with "
                "the platform's language set to English, and change nothing in it."
            )
    for _, row in rows[1:]:
        sheet.rows.append(row + [""] * (len(header) - len(row)))
    return sheet


def matched(
    sheet: Sheet, grades: Iterable[Grade], keys: Iterable[tuple[str, str, Callable[[str], str]]]
) -> tuple[dict[int, Grade], list[str]]:
    """The grade of every row, and a note for each student who is in no row, or in several.

    keys: a column, the kind of identifier that it holds, and what makes its cells one; the first
    in which a student is found decides
    """
    index: list[tuple[str, dict[str, list[int]]]] = []
    for name, kind, clean in keys:
        column = sheet.column(name)
        cells: dict[str, list[int]] = {}
        for number, row in enumerate(sheet.rows):
            if column is not None and (cell := same(clean(row[column]))):
                cells.setdefault(cell, []).append(number)
        index.append((kind, cells))
    found: dict[int, Grade] = {}
    twice: set[int] = set()
    notes = []
    for grade in grades:
        who = grade.student.id
        known = identifiers(grade.student)
        tried = (cells.get(same(known.get(kind, "")), []) for kind, cells in index)
        rows = next(filter(None, tried), [])
        if not rows:
            notes.append(f"{who} is not in {sheet.name}, so their grade is not exported.")
        elif len(rows) > 1:
            notes.append(f"{who} is left out: several rows of {sheet.name} are theirs.")
        elif rows[0] in found:
            twice.add(rows[0])
            other = found[rows[0]].student.id
            notes.append(f"{who} and {other} are left out: one row of {sheet.name} is both's.")
        else:
            found[rows[0]] = grade
    return {row: grade for row, grade in found.items() if row not in twice}, notes


def unexported(grade: Grade) -> str:
    """Why a grade is left out, or "" if it is not."""
    if grade.total is not None:
        return ""
    return f"{grade.student.id} is left out: {' '.join(grade.reasons)}"
