"""Grades for Canvas: a CSV file to import, made from the gradebook that Canvas exports.

Canvas finds students by its own ids, so the exported gradebook has to be there. Only students with
a grade are written: Canvas leaves everybody else as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from grader.classroom.grades import Grade
from grader.classroom.roster import same
from grader.classroom.tables import harmless, number, points, written
from grader.reports.sheets import Export, ExportError, Sheet, matched, read_sheet, unexported

WHAT = "the gradebook from Canvas (Grades, Export)"

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
READ_ONLY = "(read only)"  # what Canvas computes has this in place of points
TEST_STUDENT = "Student, Test"  # whom Canvas has in every course that an instructor looked at so
TITLE = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)\Z")


def to_canvas(
    gradebook: Path, assignment: str, grades: Iterable[Grade], max_score: float
) -> Export:
    """The file to import.

    gradebook: as Canvas exported it
    assignment: the title of its column, with or without Canvas's number in brackets

    ExportError if the gradebook or the column is not there.
    """
    sheet = read_sheet(gradebook, WHAT)
    sheet.require(("Student", "ID"), WHAT)
    column = _column(sheet, assignment)
    name = sheet.column("Student")
    id = sheet.column("ID")
    assert name is not None and id is not None
    notes = []
    for row in sheet.rows:
        if row[name].strip() == POINTS_POSSIBLE.strip():
            notes += _compared(sheet, column, row[column], max_score)
    # Canvas's rows of settings, above the students', have no id.
    theirs = [i for i, row in enumerate(sheet.rows) if row[id].strip()]
    sheet.rows, sheet.lines = [sheet.rows[i] for i in theirs], [sheet.lines[i] for i in theirs]
    names = {i: row[name].strip() for i, row in enumerate(sheet.rows)}
    named = {i: who for i, who in names.items() if same(who) != same(TEST_STUDENT)}
    found, unknown = matched(sheet, grades, KEYS, named)
    identity = [one for one in IDENTITY if sheet.column(one) is not None]
    rows = [[*identity, sheet.header[column]]]
    rows.append([POINTS_POSSIBLE, *[""] * (len(identity) - 1), points(max_score)])
    for i, row in enumerate(sheet.rows):
        grade = found.get(i)
        if grade is None:
            continue
        if why := unexported(grade):
            notes.append(why)
            continue
        cells = [row[sheet.column(one) or 0] for one in identity]
        rows.append([*map(harmless, cells), points(grade.total)])
    return Export(written(rows), len(rows) - 2, [*unknown, *notes])


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


def _compared(sheet: Sheet, column: int, cell: str, max_score: float) -> list[str]:
    """What to say of the points in Canvas; ExportError if it takes no grades in that column."""
    if same(cell) == READ_ONLY:
        raise ExportError(
            f"{sheet.name}: Canvas computes `{sheet.header[column]}` itself (read only). Give the "
            "column of an assignment."
        )
    there = number(cell)
    if there is None or there == max_score:
        return []
    return [f"The assignment has {there:g} points in Canvas, and {max_score:g} here."]
