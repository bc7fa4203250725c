"""What the commands do that look again at what was graded: diff."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.classroom.changes import compared
from grader.classroom.commands import opened
from grader.classroom.gradebook import Run
from grader.commands import DONE, UsageError
from grader.files import write_atomically
from grader.reports import changes
from grader.reports.plain import write

PRIVATE = 0o600


def diff_command(
    gradebook: Path, *, older: int | None = None, newer: int | None = None, out: Path | None = None
) -> int:
    """Show whose score changed between two runs, and why; returns the exit code."""
    with opened(gradebook) as book:
        runs = {run.number: run for run in book.runs()}
        for number in (older, newer):
            if number is not None and number not in runs:
                raise UsageError(f"There is no run {number}. {_list(runs)}")
        if older is not None and newer is not None and older >= newer:
            raise UsageError(f"--from must be an earlier run than --to. {_list(runs)}")
        found = compared(book, older, newer)
    write(changes.to_text(found, runs))
    if out is not None:
        write_atomically(out, changes.to_csv(found).encode(), mode=PRIVATE)
        print(f"The same as a table is in {out}.")
    return DONE


def _list(runs: Mapping[int, Run]) -> str:
    if not runs:
        return "Nothing has been graded yet."
    last = list(runs.values())[-10:]
    return "The last are: " + ", ".join(f"{run.number} ({run.reason})" for run in last) + "."
