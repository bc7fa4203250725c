"""Sheets to mark answers in: for a spreadsheet, with empty cells for the points."""

from __future__ import annotations

from collections.abc import Iterable

from grader.classroom.marking import Row
from grader.classroom.tables import harmless, written

BOM = "\ufeff"  # without it Excel takes UTF-8 for the encoding of its country
CODE, STUDENT, QUESTION, POINTS, COMMENT = "code", "student", "question", "points", "comment"
TITLE, ANSWER, MAXIMUM, REMARK = "title", "answer", "max", "remark"
NOTHING = "(nothing was written)"


def to_sheet(rows: Iterable[Row], *, anonymous: bool = False, delimiter: str = ",") -> str:
    """The text of a sheet, BOM included: one row for each answer.

    anonymous: without the students; the codes lead back to them
    """
    head = [CODE, STUDENT, QUESTION, TITLE, ANSWER, POINTS, MAXIMUM, COMMENT, REMARK]
    table = [[name for name in head if name != STUDENT or not anonymous]]
    for row in rows:
        cells = {
            CODE: row.code,
            STUDENT: harmless(label(row.students)),
            QUESTION: row.question.name,
            TITLE: harmless(row.question.title),
            ANSWER: harmless(row.text or NOTHING),
            POINTS: "" if row.points is None else _number(row.points, delimiter),
            MAXIMUM: f"{row.question.points}",
            COMMENT: harmless(row.comment),
            REMARK: harmless(row.remark),
        }
        table.append([cells[name] for name in table[0]])
    return BOM + written(table, delimiter)


def label(students: Iterable[str]) -> str:
    """Those who handed in an answer together."""
    return ", ".join(students)


def _number(points: float, delimiter: str) -> str:
    """As a spreadsheet reads it: where semicolons part the cells, with a comma."""
    return f"{points:g}".replace(".", "," if delimiter == ";" else ".")
