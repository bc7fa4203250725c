"""JUnit XML (xunit2) of a class: one suite for each student, of the attempt that counts."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator

from grader.classroom.grades import Grade
from grader.reports.junit import FIRST_LINE, add_suite, clean


def to_class_junit(assignment: str, grades: Iterable[Grade]) -> Iterator[str]:
    """The text in pieces; who handed in nothing has an empty suite."""
    start = ET.tostring(clean(ET.Element("testsuites", name=assignment)), encoding="unicode")
    yield f"{FIRST_LINE}{start.removesuffix('/>').rstrip()}>\n"
    for grade in grades:
        attempt = grade.attempt
        root = ET.Element("testsuites")
        add_suite(
            root,
            grade.student.id,
            attempt.result["questions"] if attempt else [],
            attempt.seconds if attempt else 0.0,
            attempt.graded_at if attempt else "",
        )
        yield ET.tostring(clean(root)[0], encoding="unicode") + "\n"
    yield "</testsuites>\n"
