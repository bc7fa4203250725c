"""`grader class demo`: make up a class; hold what became of it against the truth."""

from __future__ import annotations

from pathlib import Path

from grader.classroom.commands import opened
from grader.classroom.demo import disagreements, make_class, read_truth, truth_of
from grader.commands import BELOW, DONE, UsageError
from grader.project import find_project


def demo_command(folder: Path, count: int, seed: int) -> int:
    """Make up a class; returns the exit code."""
    project = find_project()
    project.require_solutions("grader class demo")
    if folder.exists():
        raise UsageError(f"{folder} is there already. Give a folder that is not.")
    truth = make_class(project, folder, count, seed)
    print(f"{folder} holds {count} submissions; what must come of them is in {truth}.")
    print(f"After grading them: grader class demo {folder} --check")
    return DONE


def check_command(folder: Path, gradebook: Path) -> int:
    """Hold a made-up class's newest results against the truth; returns the exit code."""
    project = find_project()
    path = truth_of(folder)
    if not path.is_file():
        raise UsageError(
            f"There is no {path}: {folder} was not made by `grader class demo`, or the file was "
            f"moved away."
        )
    truths = read_truth(path)
    with opened(gradebook) as book:
        newest = {one.student: one for one in sorted(book.attempts(), key=lambda one: one.run)}
    found = disagreements(project, truths, {name: one.result for name, one in newest.items()})
    for complaints in found.values():
        print("\n".join(complaints))
    print(f"{len(truths) - len(found)} of {len(truths)} verdicts are what {path} asks for.")
    return BELOW if found else DONE
