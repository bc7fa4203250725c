"""A grade sheet that a platform gave to download: its columns, and whose row is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom import tables
from grader.classroom.grades import Grade
from grader.classroom.roster import SHORTENED, identifiers, same

NAMED = 10  # students whose names a note lists


class ExportError(Exception):
    """Grades cannot be written in that format; the sentence says what is missing."""


@dataclass
class Export:
    """A written sheet, and what the instructor must know about it."""

    text: str
    count: int  # grades in it
    notes: list[str] = field(default_factory=list)


@dataclass
class Sheet:
    """The rows of a downloaded CSV file, each with the line it begins on.

    known: columns that were recognized by what is in them, by their English names
    """

    name: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    known: dict[str, int] = field(default_factory=dict)

    def column(self, name: str) -> int | None:
        """The column of this name, whatever the capitals; ExportError if two have it."""
        if name in self.known:
            return self.known[name]
        found = [i for i, one in enumerate(self.header) if same(one) == same(name)]
        if len(found) > 1:
            raise ExportError(
                f"{self.name}: the column `{self.header[found[0]]}` is there twice. Download it "
                "again, and change nothing in it."
            )
        return found[0] if found else None

    def require(self, names: Iterable[str], what: str) -> None:
        """ExportError unless the sheet has these columns."""
        for name in names:
            if self.column(name) is None:
                raise ExportError(
                    f"{self.name} has no column `{name}`, so it is not {what}. Download that "
                    "again, with the platform's language set to English, and change nothing in it."
                )


def read_sheet(path: Path, what: str) -> Sheet:
    """A downloaded sheet; ExportError unless it is a table whose rows fit its header."""
    try:
        rows, delimiter = tables.parse(tables.decoded(path.read_bytes(), str(path)), str(path))
    except OSError as error:
        raise ExportError(
            f"{path} cannot be read ({error.strerror}). Download {what} and give it here."
        ) from None
    except tables.TableError as error:
        raise ExportError(str(error)) from None
    header = [name.strip() for name in rows[0][1]] if rows else []
    sheet = Sheet(str(path), header, [], [], delimiter)
    for line, row in rows[1:]:
        if any(cell.strip() for cell in row[len(header) :]):
            raise ExportError(
                f"{path}, line {line}: it has {len(row)} cells, but the first row names "
                f"{len(header)} columns. Download {what} again, and change nothing in it."
            )
        sheet.rows.append(row + [""] * (len(header) - len(row)))
        sheet.lines.append(line)
    return sheet


def matched(
    sheet: Sheet,
    grades: Iterable[Grade],
    keys: Iterable[tuple[str, str, Callable[[str], str]]],
    names: Mapping[int, str],
) -> tuple[dict[int, Grade], list[str]]:
    """The grade of every row, and a note for each student who is in no row, or in several.

    keys: a column, the kind of identifier that it holds, and what makes its cells one; the first
    in which a student is found decides
    names: of rows that are students', to say which of them have no grade
    """
    index: list[tuple[str, dict[str, list[int]]]] = []
    for name, kind, clean in keys:
        column = sheet.column(name)
        cells: dict[str, list[int]] = {}
        for number, row in enumerate(sheet.rows):
            if column is not None and (cell := same(clean(row[column]))):
                _require_whole(sheet, number, column)
                cells.setdefault(cell, []).append(number)
        index.append((kind, cells))
    found: dict[int, Grade] = {}
    told: set[int] = set()  # rows that a note is about
    notes = []
    for grade in grades:
        who = grade.student.id
        known = identifiers(grade.student)
        tried = (cells.get(same(known.get(kind, "")), []) for kind, cells in index)
        rows = next(filter(None, tried), [])
        if not rows:
            notes.append(f"{who} is not in {sheet.name}, so their grade is not exported.")
        elif len(rows) > 1:
            told.update(rows)
            lines = ", ".join(str(sheet.lines[row]) for row in rows)
            notes.append(f"{who} is left out: lines {lines} of {sheet.name} are all theirs.")
        elif rows[0] in found:
            told.add(rows[0])
            other = found[rows[0]].student.id
            notes.append(
                f"{who} and {other} are left out: line {sheet.lines[rows[0]]} of {sheet.name} "
                "is both's."
            )
        else:
            found[rows[0]] = grade
    notes += _without_grade(
        sheet, [name for row, name in names.items() if row not in told | {*found}]
    )
    return {row: grade for row, grade in found.items() if row not in told}, notes


def _require_whole(sheet: Sheet, number: int, column: int) -> None:
    """ExportError if Excel has shortened an identifier: its last digits are lost."""
    cell = sheet.rows[number][column].strip()
    if SHORTENED.fullmatch(cell):
        raise ExportError(
            f"{sheet.name}, line {sheet.lines[number]}: {cell} in column "
            f"`{sheet.header[column]}` is a number that Excel has shortened. Download the sheet "
            "again, and do not save it in Excel."
        )


def _without_grade(sheet: Sheet, names: list[str]) -> list[str]:
    if not names:
        return []
    more = [f"{len(names) - NAMED} more"] if names[NAMED:] else []
    some = "; ".join([*names[:NAMED], *more])
    are = (
        "has no grade here and stays as it is"
        if len(names) == 1
        else ("have no grade here and stay as they are")
    )
    return [f"{len(names)} in {sheet.name} {are}: {some}."]


def unexported(grade: Grade) -> str:
    """Why a grade is left out, or "" if it is not."""
    if grade.total is not None:
        return ""
    return f"{grade.student.id} is left out: {' '.join(grade.reasons)}"
