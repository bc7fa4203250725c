"""`python -m grader`: how the process ends, which it does without taking itself down first."""

import os
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


@pytest.fixture
def report_to(built_toy):
    """Grades with the report going into a file: the exit code, and what was said of it."""

    def report_to(stdout):
        done = subprocess.run(
            [sys.executable, "-m", "grader", "grade", "solutions"],
            cwd=built_toy.root,
            env={"PATH": os.environ["PATH"]},  # not one that makes Python write at once
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stderr

    return report_to


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_report_that_cannot_be_written_is_one_sentence(report_to):
    with open("/dev/full", "w") as full:
        code, said = report_to(full)
    assert (code, said.count("\n")) == (3, 1)
    assert said.startswith("The disk is full.")


def test_a_reader_who_leaves_early_is_not_told_of_it(report_to):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        assert report_to(writing) == (1, "")
    finally:
        os.close(writing)


def test_a_profiler_gets_to_its_end(built_toy, run_grader):
    python = ("-m", "cProfile")
    done = run_grader("grade", "solutions", cwd=built_toy.root, python=python)
    assert "function calls" in done.stdout
