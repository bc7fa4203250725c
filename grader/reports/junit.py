"""JUnit XML as pytest writes it (xunit2), for CI systems."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from grader.results import Result, Status

# What XML 1.0 cannot hold, not even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(result: Result) -> str:
    """One test case per check: missing and failed ones fail, blocked ones are skipped."""
    checks = [(q, check) for q in result.questions for check in q.checks]
    statuses = [check.status for _, check in checks]
    errors = statuses.count(Status.ERROR)
    skipped = statuses.count(Status.BLOCKED)
    failures = len(statuses) - statuses.count(Status.PASSED) - errors - skipped
    root = ET.Element("testsuites", name=result.assignment)
    suite = ET.SubElement(
        root,
        "testsuite",
        name=result.submission.id,
        errors=str(errors),
        failures=str(failures),
        skipped=str(skipped),
        tests=str(len(checks)),
        time=f"{result.seconds:.3f}",
        timestamp=result.graded_at,
    )
    for question, check in checks:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=question.name,
            name=check.name,
            time=f"{check.seconds:.3f}",
        )
        if check.status is Status.PASSED:
            continue
        kind = {Status.ERROR: "error", Status.BLOCKED: "skipped"}.get(check.status, "failure")
        message = f"{check.status}: {check.title}"
        element = ET.SubElement(case, kind, type=str(check.status), message=message)
        diagnosis = check.diagnosis.text if check.diagnosis else ""
        element.text = NOT_XML.sub("?", "\n".join(filter(None, [check.message, diagnosis])))
    for element in root.iter():
        for key, value in element.attrib.items():
            element.set(key, NOT_XML.sub("?", value))
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
