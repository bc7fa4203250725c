"""`python -m grader`: how the process ends, which it does without taking itself down first."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["grade", "solutions"], 0),
        (["grade", "starter_code", "--fail-under", "50"], 1),
        (["grade", "no_such_folder"], 2),
        (["grade", "--question", "no_such_question"], 2),
        (["no_such_command"], 2),
    ],
)
def test_the_exit_code_is_the_commands(built_toy, run_grader, arguments, code):
    done = run_grader(*arguments, cwd=built_toy.root)
    assert done.returncode == code
    assert bool(done.stdout) == (code < 2)
    assert bool(done.stderr) == (code == 2)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_report_that_cannot_be_written_is_not_told_as_success(built_toy, project):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "grader", "grade", "solutions"],
            cwd=built_toy.root,
            env={"PYTHONPATH": str(project.root)},
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=300,
        )
    assert done.returncode != 0
    assert b"No space left" in done.stderr


def test_a_profiler_gets_to_its_end(built_toy, run_grader):
    python = ("-m", "cProfile")
    done = run_grader("grade", "solutions", cwd=built_toy.root, python=python)
    assert "function calls" in done.stdout
