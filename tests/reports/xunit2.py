"""The published schema of JUnit XML as pytest writes it (xunit2), element by element."""

import re
from datetime import datetime

COUNT = re.compile(r"[0-9]+\Z").match
TIME = re.compile(r"[0-9]+(\.[0-9]{1,3})?\Z").match


def anything(text):
    return True


# For each element: its attributes, which of them are required, and its children, in any order.
ELEMENTS = {
    "testsuites": (
        {
            **dict.fromkeys(("tests", "failures", "errors", "disabled"), COUNT),
            "name": anything,
            "time": TIME,
        },
        set(),
        {"testsuite"},
    ),
    "testsuite": (
        {
            **dict.fromkeys(("tests", "failures", "errors", "skipped"), COUNT),
            **dict.fromkeys(("name", "hostname", "id", "package", "file", "group"), anything),
            "time": TIME,
            "timestamp": datetime.fromisoformat,
        },
        {"name", "tests", "failures", "errors"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name": anything, "classname": anything, "time": TIME, "group": anything},
        {"name", "classname"},
        {"skipped", "error", "failure", "properties", "system-out", "system-err"},
    ),
    **dict.fromkeys(
        ("skipped", "error", "failure"), ({"type": anything, "message": anything}, set(), set())
    ),
}
COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def assert_xunit2(root):
    """Fail unless an element is what the schema says, with all below it; returns its children."""
    attributes, required, children = ELEMENTS[root.tag]
    for name, value in root.attrib.items():
        assert name in attributes, f"{root.tag} has no attribute {name}"
        assert attributes[name](value), f"{root.tag}: {name} cannot be {value!r}"
    assert required <= set(root.attrib), f"{root.tag} needs {required - set(root.attrib)}"
    for child in root:
        assert child.tag in children, f"{root.tag} holds no {child.tag}"
        assert_xunit2(child)
    if root.tag in ("testsuites", "testsuite", "testcase"):
        assert not (root.text or "").strip(), f"{root.tag} holds no text"
    if root.tag == "testcase":
        assert len([child for child in root if child.tag in COUNTED.values()]) <= 1
    if root.tag == "testsuite":
        assert int(root.get("tests")) == len(root.findall("testcase"))
        for name, tag in COUNTED.items():
            assert int(root.get(name, 0)) == len(root.findall(f"testcase/{tag}")), name
    return list(root)
