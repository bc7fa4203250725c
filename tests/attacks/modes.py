"""The modes that attacks run in: ways to provide student processes. A new one is added here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from grader.project import Project
from grader.student.functions import Runner
from grader.student.process import Limits, StudentProcess

# Short, so that what hangs ends soon.
LIMITS = Limits(
    call_seconds=1.0, submission_seconds=6.0, memory_bytes=512 << 20, output_bytes=64 << 10
)


class ClosableRunner(Runner, Protocol):
    """What runs one submission's functions, until it is closed."""

    def close(self) -> None: ...


class Start(Protocol):
    """Makes the runner of one submission."""

    def __call__(self, files: dict[str, bytes]) -> ClosableRunner: ...


@dataclass(frozen=True)
class Mode:
    """One worker, and the layers of confinement that it has."""

    open: Callable[[Project], AbstractContextManager[Start]]
    layers: frozenset[str]
    confined: bool  # whether attacks may run here that harm whoever runs them without confinement


@contextmanager
def open_processes(project: Project) -> Iterator[Start]:
    """A process of its own for each submission, with resource limits only."""

    def start(files: dict[str, bytes]) -> ClosableRunner:
        return StudentProcess(files, project.assignment, LIMITS)

    yield start


MODES: dict[str, Mode] = {
    "process": Mode(open_processes, frozenset({"rlimits"}), confined=False),
}
