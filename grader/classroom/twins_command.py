"""What `grader class twins` does."""

from __future__ import annotations

from pathlib import Path

from grader.classroom.commands import opened
from grader.classroom.policies import read_policies
from grader.classroom.summary import Summary, entries_of
from grader.classroom.works import handed_out
from grader.commands import DONE
from grader.manifest import load_manifest
from grader.project import find_project
from grader.reports import alike
from grader.reports.plain import write


def twins_command(gradebook: Path) -> int:
    """Show submissions that may have been copied, of the attempts that count; the exit code."""
    project = find_project()
    manifest = load_manifest(project.manifest)
    policies = read_policies(manifest)
    summary = Summary(manifest)
    with opened(gradebook, policies) as book:
        for entry in entries_of(book, policies, handed_out(project)):
            summary.add(entry)
    write(alike.to_text(summary))
    return DONE
