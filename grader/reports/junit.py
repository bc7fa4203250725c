"""JUnit XML as pytest writes it (xunit2), for CI systems."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from typing import Any

from grader.results import Result, Status, to_dict

FIRST_LINE = '<?xml version="1.0" encoding="utf-8"?>\n'
# What XML 1.0 cannot hold, not even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
KINDS = {Status.ERROR: "error", Status.BLOCKED: "skipped"}  # the others are failures


def to_junit(result: Result) -> str:
    """One test case per check: missing and failed ones fail, blocked ones are skipped."""
    root = ET.Element("testsuites", name=result.assignment)
    questions = to_dict(result)["questions"]
    add_suite(root, result.submission.id, questions, result.seconds, result.graded_at)
    return FIRST_LINE + ET.tostring(clean(root), encoding="unicode") + "\n"


def add_suite(
    root: ET.Element,
    name: str,
    questions: Iterable[Mapping[str, Any]],
    seconds: float,
    graded_at: str,
) -> None:
    """Add a submission's suite; the questions are those of a result's JSON."""
    checks = [(question["name"], check) for question in questions for check in question["checks"]]
    statuses = [Status(check["status"]) for _, check in checks]
    errors = statuses.count(Status.ERROR)
    skipped = statuses.count(Status.BLOCKED)
    failures = len(statuses) - statuses.count(Status.PASSED) - errors - skipped
    suite = ET.SubElement(
        root,
        "testsuite",
        name=name,
        errors=str(errors),
        failures=str(failures),
        skipped=str(skipped),
        tests=str(len(checks)),
        time=f"{seconds:.3f}",
    )
    if graded_at:
        suite.set("timestamp", graded_at)
    for (question, check), status in zip(checks, statuses, strict=True):
        case = ET.SubElement(
            suite,
            "testcase",
            classname=question,
            name=check["name"],
            time=f"{check.get('seconds') or 0.0:.3f}",  # a gradebook keeps no clocks
        )
        if status is not Status.PASSED:
            message = f"{status}: {check['title']}"
            kind = KINDS.get(status, "failure")
            element = ET.SubElement(case, kind, type=str(status), message=message)
            diagnosis = (check["diagnosis"] or {}).get("text", "")
            element.text = "\n".join(filter(None, [check["message"], diagnosis]))


def clean(root: ET.Element) -> ET.Element:
    """Replace what XML cannot hold, everywhere in the tree."""
    for element in root.iter():
        if element.text:
            element.text = NOT_XML.sub("?", element.text)
        for key, value in element.attrib.items():
            element.set(key, NOT_XML.sub("?", value))
    return root
