"""`pytest grader/checks`: the checks as ordinary tests, for whoever knows pytest."""

import os
import re
import subprocess
import sys

import pytest


@pytest.fixture
def run_pytest(built_tree):
    """Runs pytest in a copy of the project: what it printed, and the counts of its last line."""

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, arguments)],
            cwd=built_tree,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        counts = re.findall(r"(\d+) (passed|failed|skipped|error)", done.stdout.splitlines()[-1])
        return done.stdout + done.stderr, {kind: int(number) for number, kind in counts}

    return run


def test_the_starter_files_fail_or_wait(run_pytest):
    printed, counts = run_pytest("grader/checks")
    assert counts.keys() == {"failed", "skipped"}
    assert "missing: sgd_momentum is not written yet." in printed


def test_another_folder_can_be_checked(run_pytest, built_tree):
    _, counts = run_pytest("grader/checks", "--submission", built_tree / "solutions")
    assert counts.keys() == {"passed"}
    assert counts["passed"] > 40


@pytest.mark.parametrize(
    "chosen",
    [["grader/checks", "-k", "rmsprop"], ["grader/checks/test_dropout.py"]],
    ids=["by a word", "by a file"],
)
def test_some_checks_can_be_chosen(run_pytest, built_tree, chosen):
    _, counts = run_pytest(*chosen, "--submission", built_tree / "solutions")
    assert counts.get("passed", 0) > 5
    assert "failed" not in counts
    assert "error" not in counts
