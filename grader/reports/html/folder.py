"""Writing a class's pages: one for the class, one for each student.

A student's page shows what the course's rules let them see, so that it can be handed out. Where
that is not everything, there is a complete one for the staff too, and the class's page leads there.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.classroom.disclosure import disclosure_to, shown_to_student
from grader.classroom.policies import Policies
from grader.classroom.records import Student
from grader.classroom.summary import Entry, Summary
from grader.files import write_atomically
from grader.manifest import Manifest
from grader.reports.html.classroom import class_page
from grader.reports.html.student import student_page

CLASS_PAGE = "class.html"
STUDENTS, STAFF = "students", "staff"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def write_class_report(
    entries: Iterable[Entry],
    manifest: Manifest,
    folder: Path,
    roster: Iterable[Student] = (),
    *,
    policies: Policies,
    now: datetime,
) -> Path:
    """Write the report of a class into a folder that only its owner can read; the class's page.

    entries: of every student the attempt that counts, taken one at a time.
    roster: everyone who should be there.
    policies: what students may see; now: the time at which their due dates have passed or not.
    """
    for inside in (STUDENTS, STAFF):
        (folder / inside).mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    folder.chmod(PRIVATE_FOLDER)
    summary = Summary(manifest)
    written = set()
    for entry in entries:
        name = page_name(entry.student.id)
        result = _result_of(entry)
        rules = disclosure_to(policies, entry.student.details, entry.attempts, now)
        shown = shown_to_student(result, rules)
        partial = len(_checks(shown)) < len(_checks(result))
        pages = {f"{STUDENTS}/{name}": (shown, partial)}
        if shown != result:
            pages[f"{STAFF}/{name}"] = (result, False)
        for link, (part, is_partial) in pages.items():
            text = student_page(
                part,
                manifest,
                corrections=entry.corrections,
                comments=entry.manual.comments,
                home=f"../{CLASS_PAGE}",
                partial=is_partial,
            )
            _write(folder / link, text)
            written.add(link)
        summary.add(entry, list(pages)[-1])
    there = {line.student.id for line in summary.lines}
    summary.absent = [student for student in roster if student.id not in there]
    for page in folder.glob("*/*.html"):  # of students who have been removed since
        if (
            page.parent.name in (STUDENTS, STAFF)
            and f"{page.parent.name}/{page.name}" not in written
        ):
            page.unlink()
    _write(folder / CLASS_PAGE, class_page(summary))
    return folder / CLASS_PAGE


def _result_of(entry: Entry) -> dict[str, Any]:
    """The whole result, as schema 1 has it, with the student's name."""
    attempt = entry.attempt
    return {
        **attempt.result,
        "environment": attempt.environment,
        "graded_at": attempt.graded_at,
        "seconds": attempt.seconds,
        "manual": [dataclasses.asdict(score) for score in entry.manual.scores],
        "submission": {
            **attempt.result["submission"],
            "id": entry.student.name or entry.student.id,
        },
    }


def _checks(result: dict[str, Any]) -> list[Any]:
    return [check for question in result["questions"] for check in question["checks"]]


def page_name(student: str) -> str:
    """The file of a student's page: the same every time, whatever signs the id has."""
    digest = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digest[:20]}.html"


def _write(path: Path, text: str) -> None:
    write_atomically(path, text.encode(), mode=PRIVATE_FILE)
