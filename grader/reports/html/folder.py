"""Writing a class's pages: one for the class, one for each student."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from grader.classroom.gradebook import Student
from grader.classroom.summary import Entry, Summary
from grader.files import write_atomically
from grader.manifest import Manifest
from grader.reports.html.classroom import class_page
from grader.reports.html.student import student_page

CLASS_PAGE = "class.html"
STUDENTS = "students"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def write_class_report(
    entries: Iterable[Entry],
    manifest: Manifest,
    folder: Path,
    roster: Iterable[Student] = (),
) -> Path:
    """Write the report of a class into a folder that only its owner can read; the class's page.

    entries: of every student the attempt that counts, taken one at a time.
    roster: everyone who should be there.
    """
    (folder / STUDENTS).mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    folder.chmod(PRIVATE_FOLDER)
    summary = Summary(manifest)
    written = set()
    for entry in entries:
        link = f"{STUDENTS}/{page_name(entry.student.id)}"
        summary.add(entry, link)
        result = {
            **entry.attempt.result,
            "environment": entry.attempt.environment,
            "graded_at": entry.attempt.graded_at,
            "seconds": entry.attempt.seconds,
        }
        result["submission"] = {
            **result["submission"],
            "id": entry.student.name or entry.student.id,
        }
        text = student_page(
            result, manifest, corrections=entry.corrections, home=f"../{CLASS_PAGE}"
        )
        _write(folder / link, text)
        written.add(Path(link).name)
    there = {line.student.id for line in summary.lines}
    summary.absent = [student for student in roster if student.id not in there]
    for page in (folder / STUDENTS).glob("*.html"):  # of students who have been removed since
        if page.name not in written:
            page.unlink()
    _write(folder / CLASS_PAGE, class_page(summary))
    return folder / CLASS_PAGE


def page_name(student: str) -> str:
    """The file of a student's page: the same every time, whatever signs the id has."""
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digest[:20]}.html"


def _write(path: Path, text: str) -> None:
    write_atomically(path, text.encode(), mode=PRIVATE_FILE)
