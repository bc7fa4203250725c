"""Errors: every one is a sentence and an exit code, whichever part of the grader raises it."""

import ast
import errno

import pytest

from grader import errors
from grader.errors import GRADER_FAILED, USAGE, sentence_and_code


def exceptions_of_the_grader(project):
    """Every exception class defined in the grader, with the file that defines it."""
    for path in sorted((project.root / "grader").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and any(
                ast.unparse(base) in ("Exception", "AssertionError") for base in node.bases
            ):
                yield node.name, path.name


# Never the end of a command: caught where they belong.
INTERNAL = {
    "StudentFault",
    "Blocked",
    "Conflict",
    "WorkerLost",
    "MetadataError",
    "Refused",
    "Damaged",
    "Mismatch",
    "NoResult",
    "WireError",
    "Closed",
    "DeadlinePassed",
    "SetupError",
    "NotRepeated",
    "_NotUnderstood",
}


def test_every_error_of_ours_is_told_by_its_own_sentence(project):
    names = {name for name, _ in exceptions_of_the_grader(project)} - INTERNAL
    assert len(names) > 8
    for name in sorted(names):
        error = type(name, (Exception,), {})("The disk is made of cheese.")
        sentence, code = sentence_and_code(error)
        assert sentence.endswith("The disk is made of cheese."), name
        assert "itself failed" not in sentence, name
        assert code in (USAGE, GRADER_FAILED)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UsageError", 2),
        ("SubmissionError", 2),
        ("ProjectError", 2),
        ("BuildError", 2),
        ("MarkerError", 2),
        ("ManifestError", 2),
        ("ReleaseError", 2),
        ("UnknownCheck", 2),
        ("GradingError", 3),
        ("OracleError", 3),
        ("RecordingError", 3),
        ("ProcessUnavailable", 3),
    ],
)
def test_wrong_usage_is_told_apart_from_the_graders_fault(name, code):
    assert sentence_and_code(type(name, (Exception,), {})("x"))[1] == code


def test_what_nobody_thought_of_is_the_graders_fault():
    sentence, code = sentence_and_code(ZeroDivisionError("division by zero"))
    assert code == 3
    assert sentence == (
        "The grader itself failed: ZeroDivisionError: division by zero "
        "(run it with --debug for details)."
    )


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named(number):
    sentence, code = sentence_and_code(OSError(number, "whatever"))
    assert (sentence.partition(".")[0], code) == ("The disk is full", 3)
    assert "itself failed" in sentence_and_code(OSError(errno.EIO, "whatever"))[0]


def test_a_missing_package_is_named_with_the_way_out():
    sentence, code = sentence_and_code(ModuleNotFoundError("No module", name="scipy"))
    assert (sentence, code) == (
        "The package scipy is not installed; `make setup` installs it.",
        2,
    )


def test_a_missing_part_of_the_grader_is_the_instructors():
    sentence, code = sentence_and_code(ModuleNotFoundError("No module", name="grader.verify"))
    assert code == 2
    assert "the instructor's" in sentence


def test_exit_codes_are_those_of_the_commands():
    from grader import commands

    assert (errors.USAGE, errors.GRADER_FAILED) == (commands.USAGE, commands.GRADER_FAILED)
