"""How many submissions of a class a second: `grader class grade` against `nbgrader autograde`.

python -m benchmarks.class_throughput [--submissions 500] [--mixed 200] [--notebooks 12]

A rate is submissions over the seconds of the whole command, start-up included. Descent: official
mode, full confinement, every check, a pool of 2 workers. nbgrader has no parallel mode, so it is
measured as it comes, and as two commands side by side, each with half of the class in a course of
its own. All of them grade working submissions; Descent also a mixed class of `grader class demo`.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat.v4

from benchmarks.measuring import (
    ROOT,
    Measurement,
    MeasuringError,
    Ratio,
    carry_out,
    finish,
    in_turn,
    parser_of,
    plain_environment,
    run,
)
from benchmarks.notebook import IMPORTS, QUESTIONS
from benchmarks.peers import PEERS, command_of, environment
from grader.classroom.gradebook import Gradebook

WORKERS = 2
ASSIGNMENT = "optim"
POINTS = 10


def main() -> None:
    """Grade the same class with each in turn; print and keep the rates."""
    sizes = parser_of(
        __doc__,
        submissions=(500, "right ones for Descent, a round"),
        mixed=(200, "of the mixed class"),
        notebooks=(12, "for nbgrader, a round"),
        rounds=(3, "of each"),
    ).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        solved = make_solved_class(folder / "solved", sizes.submissions)
        mixed = make_mixed_class(folder / "mixed", sizes.mixed)
        course = make_course(folder / "course")
        rates = in_turn(
            {
                "nbgrader autograde": lambda: rate_of_nbgrader(course, sizes.notebooks, 1),
                "nbgrader autograde, two at once": lambda: rate_of_nbgrader(
                    course, sizes.notebooks, 2
                ),
                "grader class grade": lambda: rate_of_descent(solved, folder, full=True),
                "grader class grade, mixed class": lambda: rate_of_descent(mixed, folder),
            },
            sizes.rounds,
            warm_up=0,
        )
    finish(
        Measurement(
            "class_throughput",
            "A class, official mode, all checks, 2 workers",
            "submissions/s",
            rates,
            [
                Ratio("grader class grade", "nbgrader autograde", at_least=12, aim=20),
                Ratio("grader class grade", "nbgrader autograde, two at once"),
            ],
            {
                "submissions": sizes.submissions,
                "mixed class": sizes.mixed,
                "notebooks": sizes.notebooks,
                "workers": WORKERS,
                "questions of a notebook": len(QUESTIONS),
                "peer": PEERS["nbgrader"][0],
            },
        )
    )


# Descent.


def make_solved_class(folder: Path, count: int) -> Path:
    """A class of working submissions, no two of them the same file."""
    for number in range(count):
        student = folder / f"student{number:05}"
        student.mkdir(parents=True)
        for path in (ROOT / "solutions").glob("*.py"):
            text = path.read_text(encoding="utf-8")
            (student / path.name).write_text(f"{text}\n# {student.name}\n", encoding="utf-8")
    return folder


def make_mixed_class(folder: Path, count: int) -> Path:
    """A class with all that students hand in: right, wrong, unfinished, some to be stopped."""
    command = ["class", "demo", folder, "--n", str(count), "--seed", "231"]
    run([sys.executable, "-m", "grader", *command], cwd=ROOT, env=plain_environment())
    return folder


def rate_of_descent(submissions: Path, folder: Path, *, full: bool = False) -> float:
    """Submissions a second of `grader class grade`; `full`: they must all get full marks."""
    count = sum(path.is_dir() for path in submissions.iterdir())
    gradebook = folder / "gradebook.db"
    command = ["class", "grade", submissions, "--gradebook", gradebook, "--workers", str(WORKERS)]
    seconds = run(
        [sys.executable, "-m", "grader", *command, "--quiet"], cwd=ROOT, env=plain_environment()
    ).wall
    with Gradebook(gradebook) as book:
        scores = [(attempt.score, attempt.max_score) for attempt in book.attempts()]
    for path in folder.glob("gradebook.db*"):
        path.unlink()
    if len(scores) != count or (full and any(score != most for score, most in scores)):
        raise MeasuringError(f"{count} submissions were graded with these scores: {scores}")
    return count / seconds


# nbgrader.


def make_course(folder: Path) -> Path:
    """A course with one assignment, released; submissions are added for each round."""
    source = folder / "source" / ASSIGNMENT
    source.mkdir(parents=True)
    nbformat.write(course_notebook(), source / f"{ASSIGNMENT}.ipynb")
    config = "c = get_config()\nc.ExecutePreprocessor.kernel_name = 'python3'\n"
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    _nbgrader(folder, "generate_assignment")
    return folder


def course_notebook() -> nbformat.NotebookNode:
    """The notebook in the form that nbgrader takes: solutions, and tests that are locked."""
    cells = [_cell(IMPORTS, "imports", locked=True)]
    for question in QUESTIONS:
        cells.append(_cell(question.solution, question.name, solution=True))
        cells.append(_cell(question.test, f"test_{question.name}", grade=True, locked=True))
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cell(
    source: str, name: str, *, grade: bool = False, solution: bool = False, locked: bool = False
) -> nbformat.NotebookNode:
    nbgrader: dict[str, object] = {
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        "schema_version": 3,
    }
    if grade:
        nbgrader["points"] = POINTS
    return nbformat.v4.new_code_cell(source, metadata={"nbgrader": nbgrader})


def rate_of_nbgrader(course: Path, count: int, commands: int) -> float:
    """Submissions a second of so many `nbgrader autograde` at once."""
    shares = [len(range(first, count, commands)) for first in range(commands)]
    with tempfile.TemporaryDirectory(dir=course.parent) as name:
        copies = [_with_students(course, Path(name) / f"{n}", n, s) for n, s in enumerate(shares)]
        with ThreadPoolExecutor(commands) as pool:
            # The last to end counts; each starts as soon as the other.
            seconds = max(pool.map(lambda copy: _nbgrader(copy, "autograde"), copies))
        for copy, share in zip(copies, shares, strict=True):
            _require_full_marks(copy / "gradebook.db", share)
    return count / seconds


def _with_students(course: Path, copy: Path, number: int, count: int) -> Path:
    shutil.copytree(course, copy)
    notebook = copy / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    for student in range(count):
        target = copy / "submitted" / f"student{number}-{student:03}" / ASSIGNMENT
        target.mkdir(parents=True)
        shutil.copy(notebook, target)
    return copy


def _nbgrader(course: Path, command: str, options: Sequence[str] = ()) -> float:
    nbgrader = [command_of("nbgrader", "nbgrader"), command, ASSIGNMENT, *options]
    return run(nbgrader, cwd=course, env=environment("nbgrader")).wall


def _require_full_marks(database: Path, count: int) -> None:
    query = (
        "SELECT COUNT(*), MIN(auto_score) FROM grade WHERE auto_score IS NOT NULL AND "
        "cell_id IN (SELECT id FROM grade_cells)"
    )
    with sqlite3.connect(database) as connection:
        graded, least = connection.execute(query).fetchone()
    connection.close()
    if (graded, least) != (count * len(QUESTIONS), POINTS):
        raise MeasuringError(
            f"nbgrader has graded {graded} cells, the least with {least} points, and not "
            f"{count * len(QUESTIONS)} with {POINTS}"
        )


if __name__ == "__main__":
    carry_out(main)
