"""Grades for Canvas: a CSV file to import, made from the gradebook that Canvas exports.

Canvas finds students by its own ids, so the exported gradebook has to be there. Only students with
a grade are written: Canvas leaves everybody else as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from grader.classroom.grades import Grade
from grader.classroom.tables import harmless, points, written
from grader.reports.sheets import Export, ExportError, Sheet, matched, read_sheet, unexported

IDENTITY = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# A student's own id is tried last against Canvas's: two kinds of numbers can be equal by accident.
KEYS = (
    ("ID", "canvas_id", str),
    ("SIS User ID", "sis_id", str),
    ("SIS Login ID", "login", str),
    ("SIS Login ID", "email", str),
    ("SIS User ID", "student", str),
    ("SIS Login ID", "student", str),
    ("ID", "student", str),
)
POINTS_POSSIBLE = "    Points Possible"
TITLE = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)\Z")


def to_canvas(
    gradebook: Path, assignment: str, grades: Iterable[Grade], max_score: float
) -> Export:
    """The file to import.

    gradebook: as Canvas exported it
    assignment: the title of its column, with or without Canvas's number in brackets

    ExportError if the gradebook or the column is not there.
    """
    sheet = read_sheet(gradebook, ("Student", "ID"), "the gradebook from Canvas (Grades, Export)")
    column = _column(sheet, assignment)
    name = sheet.column("Student")
    id = sheet.column("ID")
    assert name is not None and id is not None
    notes = []
    for row in sheet.rows:
        if row[name].strip() == POINTS_POSSIBLE.strip():
            notes += _compared(row[column], max_score)
    sheet.rows = [row for row in sheet.rows if row[id].strip()]
    found, unknown = matched(sheet, grades, KEYS)
    identity = [one for one in IDENTITY if sheet.column(one) is not None]
    rows = [[*identity, sheet.header[column]]]
    rows.append([POINTS_POSSIBLE, *[""] * (len(identity) - 1), points(max_score)])
    for number, row in enumerate(sheet.rows):
        grade = found.get(number)
        if grade is None:
            continue
        if why := unexported(grade):
            notes.append(why)
            continue
        cells = [row[sheet.column(one) or 0] for one in identity]
        rows.append([*map(harmless, cells), points(grade.total)])
    return Export(written(rows), [*unknown, *notes])


def _column(sheet: Sheet, assignment: str) -> int:
    """The assignment's column; a title that several have is not enough."""
    titles = {i: match for i, name in enumerate(sheet.header) if (match := TITLE.match(name))}
    exact = [i for i in titles if sheet.header[i] == assignment]
    found = exact or [i for i, match in titles.items() if match["title"] == assignment]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sheet.header[i] for i in titles) or "none"
    many = "several columns are" if len(found) > 1 else "no column is"
    raise ExportError(
        f"{sheet.name}: {many} called `{assignment}`. Its assignments: {known}. Give one of these "
        "names, or create it in Canvas and export the gradebook again."
    )


def _compared(cell: str, max_score: float) -> list[str]:
    try:
        there = float(cell)
    except ValueError:
        return []
    if there == max_score:
        return []
    return [f"The assignment has {there:g} points in Canvas, and {max_score:g} here."]
