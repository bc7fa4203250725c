"""What the commands do that look again at what was graded: diff and replay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.classroom.changes import compared
from grader.classroom.commands import opened, write_out
from grader.classroom.policies import read_policies
from grader.classroom.records import Run
from grader.classroom.replaying import find_attempt, replay
from grader.commands import BELOW, DONE, UsageError
from grader.manifest import load_manifest
from grader.project import find_project
from grader.reports import appeal, changes
from grader.reports.html.appeal import appeal_page
from grader.reports.plain import write


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
        write_out(out, changes.to_csv(found).encode(), gradebook)
        print(f"The same as a table is in {out}.")
    return DONE


def replay_command(
    gradebook: Path, id: str, *, html: Path | None = None, allow_weak_isolation: bool = False
) -> int:
    """Reach a verdict again and print the appeal sheet; exit code 1 if the verdict differs."""
    project = find_project()
    project.require_solutions("grader class replay")
    manifest = load_manifest(project.manifest)
    policies = read_policies(manifest)
    with opened(gradebook, policies) as book:
        attempt = find_attempt(book, policies, id)
        replayed = replay(
            project, book, policies, attempt, allow_weak_isolation=allow_weak_isolation
        )
    sheet = appeal.sheet_of(replayed, manifest, policies.zone)
    write(appeal.to_text(sheet))
    if html is not None:
        write_out(html, appeal_page(sheet).encode(), gradebook)
    return DONE if sheet.same else BELOW


def _list(runs: Mapping[int, Run]) -> str:
    if not runs:
        return "Nothing has been graded yet."
    last = list(runs.values())[-10:]
    return "The last are: " + ", ".join(f"{run.number} ({run.reason})" for run in last) + "."
