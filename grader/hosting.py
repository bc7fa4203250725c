"""The host of a project's student processes; nothing here takes long to import.

A host needs as long to get ready as the grader needs to be loaded: `open_ahead` lets both happen at
the same time.
"""

from __future__ import annotations

from typing import Any

from grader.project import Project
from grader.student import hosts

_ahead: dict[Project, hosts.Host] = {}


def open_ahead(project: Project) -> None:
    """Start the host that the next `open_host` for this project returns."""
    _ahead[project] = open_host(project)


def open_host(project: Project, **options: Any) -> hosts.Host:
    """What student processes are started by; answers must not be readable in them."""
    if not options and project in _ahead:
        return _ahead.pop(project)
    answers = [
        *project.solutions.glob("**/*.py"),
        *project.expected.glob("*.frame"),
    ]
    return hosts.open_host(hosts.Enclosure(project.assignment, tuple(answers), **options))
