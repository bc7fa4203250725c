"""A small class to test with: an assignment of two questions and a bonus one, and its gradebook."""

import os
import signal
import subprocess
import sys

import pytest

from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Attempt, Delivery, Student
from grader.results import (
    CheckResult,
    Diagnosis,
    Environment,
    QuestionResult,
    Result,
    Status,
    SubmissionInfo,
    add_points,
    to_dict,
)
from tests.conftest import ROOT

MAXIMA = {"first": 60.0, "second": 40.0, "extra": 7.0}


@pytest.fixture
def result_of():
    """A result with these scores of the questions `first`, `second` and `extra` (a bonus)."""

    def make(first=60.0, second=40.0, extra=0.0, *, digest="0", checks=None):
        scores = {"first": first, "second": second, "extra": extra}
        questions = []
        for name, score in scores.items():
            whole = score == MAXIMA[name]
            status = Status.ERROR if score is None else Status.PASSED if whole else Status.FAILED
            told = Diagnosis(f"{name}-mistake", "Exactly what a mistake gives.")
            check = CheckResult(
                *(f"{name}_follows", f"The {name} one follows", status, score, MAXIMA[name], 0.25),
                message="" if whole else f"{name} is off",
                relative_error=None if whole else 0.5,
                diagnosis=None if whole else told,
            )
            given = (checks or {}).get(name)
            questions.append(
                QuestionResult(
                    name, f"The {name} one", score, MAXIMA[name], name == "extra", given or [check]
                )
            )
        return Result(
            assignment="toy",
            version="0",
            mode="official",
            submission=SubmissionInfo("someone", "sha256:" + digest[:1] * 64),
            graded_at="2026-03-01T10:00:00+00:00",
            seconds=1.5,
            isolation=["process"],
            score=add_points([first, second]),
            max_score=100.0,
            bonus=extra,
            max_bonus=7.0,
            questions=questions,
            environment=Environment("3", "2", "blas", "here"),
        )

    return make


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "gradebook.db") as gradebook:
        yield gradebook


@pytest.fixture
def hand_in(book, result_of):
    """Puts a graded submission into the gradebook: `hand_in("ada", "s1", 60, 40, at="...")`."""

    def put(student, submission, *scores, at=None, run=None, **details):
        if student not in {known.id for known in book.students()}:
            more = {key: details.pop(key, "") for key in ("name", "email", "team")}
            book.add_students([Student(student, **more, details=details)])
        book.add_delivery(Delivery(student, submission, f"{submission}.zip", at), b"")
        if run is None:
            run = book.begin_run("g", 1, "test", "2026-03-01T00:00:00+00:00").number
        result = result_of(*scores, digest=submission[-1])
        book.add_attempt(
            Attempt(
                *(student, submission, "g", run, result.score, result.max_score),
                *(result.bonus, result.max_bonus, to_dict(result), {}),
                *("2026-03-01T10:00:00+00:00", 1.5),
            )
        )

    return put


# What students hand in in place of the right answers, for `write_class`.
WRONG = {"arithmetic.py": ("2 * x", "3 * x")}
EXITS = {"backward.py": "import os\nos._exit(1)\n"}


@pytest.fixture
def write_class(toy_files, tmp_path):
    """Writes a class of the toy assignment: `write_class(ann={}, bob={"more.py": "..."})`.

    Each student hands in the right answers with those files changed; (old, new) replaces a text in
    one. A student given as bytes is an archive. Returns the folder; called again, it adds to it.
    """
    folder = tmp_path / "class"

    def write(**students):
        folder.mkdir(exist_ok=True)
        for student, changes in students.items():
            if isinstance(changes, bytes):
                (folder / f"{student}.zip").write_bytes(changes)
                continue
            for name, text in {**toy_files, **changes}.items():
                if isinstance(text, tuple):
                    text = toy_files[name].replace(*text)
                path = folder / student / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
        return folder

    return write


@pytest.fixture
def start_grading():
    """Starts `python -m grader class ...` in a project's folder, as a process group of its own."""
    started = []

    def start(project, *arguments, **options):
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader", "class", *map(str, arguments)],
            cwd=project.root,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
