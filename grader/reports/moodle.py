"""Grades for Moodle: the grading worksheet that Moodle gives to download, filled in.

Moodle accepts no other file, so none is invented. Only the column `Grade` changes. `Last modified
(grade)` stays as it is, and must be there: by it Moodle notices grades that somebody changed after
the download, and does not overwrite them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from grader.classroom.grades import Grade
from grader.classroom.tables import harmless, points, written
from grader.reports.sheets import Export, matched, read_sheet, unexported

REQUIRED = ("Identifier", "Grade", "Last modified (grade)")
PARTICIPANT = re.compile(r"Participant\s+(\d+)\Z", re.IGNORECASE)
# Columns whose text students chose themselves.
THEIRS = ("Full name", "Email address", "Online text")


def _number(cell: str) -> str:
    """The number that identifies a participant."""
    match = PARTICIPANT.match(cell.strip())
    return match[1] if match else ""


# A student's own id is tried last against Moodle's: two kinds of numbers can be equal by accident.
KEYS = (
    ("Identifier", "participant", _number),
    ("ID number", "sis_id", str),
    ("Username", "login", str),
    ("Email address", "email", str),
    ("ID number", "student", str),
    ("Username", "student", str),
    ("Email address", "student", str),
    ("Identifier", "student", _number),
)


def to_moodle(worksheet: Path, grades: Iterable[Grade], max_score: float) -> Export:
    """The worksheet with the grades in it; ExportError if it is not one."""
    sheet = read_sheet(worksheet, REQUIRED, "the grading worksheet from Moodle")
    found, notes = matched(sheet, grades, KEYS)
    grade_column = sheet.column("Grade")
    locked, maximum = sheet.column("Grade can be changed"), sheet.column("Maximum Grade")
    theirs = {sheet.column(name) for name in THEIRS}
    assert grade_column is not None
    maxima = set()
    rows = [sheet.header]
    for number, row in enumerate(sheet.rows):
        row = [harmless(cell) if i in theirs else cell for i, cell in enumerate(row)]
        rows.append(row)
        grade = found.get(number)
        if grade is None:
            continue
        if maximum is not None:
            maxima.add(row[maximum].strip())
        if why := unexported(grade):
            notes.append(why)
        elif locked is not None and row[locked].strip().casefold() == "no":
            notes.append(f"{grade.student.id} is left out: Moodle lets nobody change that grade.")
        else:
            row[grade_column] = points(grade.total)
    for most in sorted(maxima - {"", points(max_score), f"{max_score:g}"}):
        notes.append(f"The assignment has {most} points in Moodle, and {max_score:g} here.")
    return Export(written(rows, sheet.delimiter), notes)
