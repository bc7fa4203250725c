"""Grades as a plain CSV file: one row for each student, with what led to the grade."""

from __future__ import annotations

from collections.abc import Iterable

from grader.classroom.grades import Grade
from grader.classroom.tables import harmless, points, written
from grader.manifest import Manifest

BEFORE = ("student", "name", "email", "team", "section", "submission", "submitted_at")
SCORES = ("score", "penalty", "corrected", "total", "bonus")


def to_csv(grades: Iterable[Grade], manifest: Manifest) -> str:
    """The text of the file; an empty total means that there is none, and `remarks` says why."""
    names = [question.name for question in manifest.questions]
    grades = list(grades)
    marked = [score.name for score in grades[0].manual.scores] if grades else []
    # What persons mark has its sum in a column of its own, too.
    rows = [[*BEFORE, *SCORES, *names, *["manual"][: len(marked)], *marked, "remarks"]]
    for grade in grades:
        scores = [score.score for score in grade.manual.scores]
        total = grade.manual.points if any(score is not None for score in scores) else None
        student = grade.student
        texts = [student.id, student.name, student.email, student.team]
        texts.append(str(student.details.get("section", "")))
        texts.append(grade.attempt.submission if grade.attempt else "")
        texts.append(grade.submitted_at.isoformat() if grade.submitted_at else "")
        earned = (grade.raw, grade.penalty, grade.override, grade.total, grade.bonus)
        rows.append(
            [
                *map(harmless, texts),
                *map(points, earned),
                *(points(grade.questions.get(name)) for name in names),
                *map(points, [total, *scores] if marked else []),
                harmless(" ".join(grade.reasons)),
            ]
        )
    return written(rows)
