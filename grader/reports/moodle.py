"""Grades for Moodle: the grading worksheet that Moodle gives to download, filled in.

Moodle accepts no other file, so none is invented. Only the column of grades changes. `Last modified
(grade)` stays as it is, and must be there: by it Moodle notices grades that somebody changed after
the download, and does not overwrite them.

Moodle names the columns in its user's language, and takes back what it gave only in that one. So a
worksheet in another language keeps its names, and the columns are known by what is in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from grader.classroom.grades import Grade
from grader.classroom.roster import same
from grader.classroom.tables import harmless, number, points, written
from grader.reports.sheets import Export, Sheet, matched, read_sheet, unexported

WHAT = "the grading worksheet from Moodle"
REQUIRED = ("Identifier", "Grade", "Last modified (grade)")
PARTICIPANT = re.compile(r"([^\d]*[^\d\s])\s*(\d+)\Z")  # `Participant 12`, `Teilnehmer/in12`
ABOUT = re.compile(r"[^()]*[^()\s]\s*\(([^()]+)\)\Z")  # `Last modified (grade)`
MAIL = re.compile(r"[^@\s]+@[^@\s]+\Z")
NOTHING = "-"  # what Moodle writes into an empty cell


def _participant(cell: str) -> str:
    """The number that identifies a participant."""
    match = PARTICIPANT.match(cell.strip())
    return match[2] if match else ""


# A student's own id is tried last against Moodle's: two kinds of numbers can be equal by accident.
KEYS = (
    ("Identifier", "participant", _participant),
    ("ID number", "sis_id", str),
    ("Username", "login", str),
    ("Email address", "email", str),
    ("ID number", "student", str),
    ("Username", "student", str),
    ("Email address", "student", str),
    ("Identifier", "student", _participant),
)


def to_moodle(worksheet: Path, grades: Iterable[Grade], max_score: float) -> Export:
    """The worksheet with the grades in it; ExportError if it is not one."""
    sheet = read_sheet(worksheet, WHAT)
    if sheet.column("Identifier") is None:
        sheet.known |= _in_another_language(sheet)
    sheet.require(REQUIRED, WHAT)
    identifier, grade_column = sheet.column("Identifier"), sheet.column("Grade")
    modified = sheet.column("Last modified (grade)")
    assert identifier is not None and grade_column is not None and modified is not None
    locked, maximum = sheet.column("Grade can be changed"), sheet.column("Maximum Grade")
    comma = _has_decimal_comma(sheet, (grade_column, maximum))
    label = sheet.column("Full name")
    names = {i: row[identifier if label is None else label] for i, row in enumerate(sheet.rows)}
    found, notes = matched(sheet, grades, KEYS, names)
    # What is right of it, comments, an instructor has written.
    others = set(range(modified)) - {identifier, grade_column, maximum}
    rows, count = [sheet.header], 0
    for i, cells in enumerate(sheet.rows):
        row = [
            harmless(cell) if j in others and cell.strip() != NOTHING else cell
            for j, cell in enumerate(cells)
        ]
        rows.append(row)
        grade = found.get(i)
        if grade is None:
            continue
        if why := unexported(grade):
            notes.append(why)
        elif locked is not None and same(row[locked]) == "no":
            notes.append(f"{grade.student.id} is left out: Moodle lets nobody change that grade.")
        else:
            count += 1
            score = points(grade.total)
            row[grade_column] = score.replace(".", ",") if comma else score
    if maximum is not None:
        maxima = {number(sheet.rows[i][maximum]) for i in found} - {None, max_score}
        for most in sorted(filter(None, maxima)):
            notes.append(f"The assignment has {most:g} points in Moodle, and {max_score:g} here.")
    return Export(written(rows, sheet.delimiter), count, notes)


def _in_another_language(sheet: Sheet) -> dict[str, int]:
    """The columns by what is in them, by their English names; none where that is not certain.

    The first column holds a word and a number, the same word for all. One column's name is also
    what another one, further to the right, is about, in brackets: that of the grades. The highest
    grade follows it.
    """
    matches = [PARTICIPANT.match(row[0].strip()) for row in sheet.rows if row]
    words = {match[1] if match else "" for match in matches}
    about = [ABOUT.match(heading) for heading in sheet.header]
    pairs = [
        (i, j)
        for j, match in enumerate(about)
        for i, name in enumerate(sheet.header[:j])
        if match and same(match[1]) == same(name)
    ]
    if len(words) != 1 or "" in words or len(pairs) != 1:
        return {}
    ((grade, modified),) = pairs
    known = {"Identifier": 0, "Grade": grade, "Last modified (grade)": modified}
    following = [number(row[grade + 1]) for row in sheet.rows]
    if grade + 1 < modified and None not in following:
        known["Maximum Grade"] = grade + 1
    mail = [i for i in range(1, grade) if all(MAIL.match(row[i].strip()) for row in sheet.rows)]
    if len(mail) == 1:
        known["Email address"] = mail[0]
    return known


def _has_decimal_comma(sheet: Sheet, columns: Iterable[int | None]) -> bool:
    """Whether the worksheet's numbers are written with a comma, as in most of Europe."""
    cells = [row[i] for row in sheet.rows for i in columns if i is not None]
    return any("," in cell and number(cell) is not None for cell in cells)
