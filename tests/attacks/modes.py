"""The modes that attacks run in: ways to provide student processes. A new one is added here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.project import Project
from grader.student.budget import Limits
from grader.student.functions import Runner
from grader.student.hosts import Enclosure, open_host
from grader.student.process import StudentProcess

GIVEN = Path(__file__).resolve().parents[2] / "assignment"
HONEST = Limits()
# Short, so that what hangs ends soon.
HOSTILE = Limits(
    call_seconds=1.0, check_seconds=2.0, submission_seconds=4.0, memory_bytes=384 << 20
)


class ClosableRunner(Runner, Protocol):
    """What runs one submission's functions, until it is closed."""

    def close(self) -> None: ...


class Start(Protocol):
    """Makes the runner of one submission; hostile ones are given less time."""

    def __call__(self, files: dict[str, bytes], *, hostile: bool) -> ClosableRunner: ...


@dataclass(frozen=True)
class Mode:
    """One worker, and the layers of confinement that it has.

    confined: attacks may run here that harm whoever runs them without confinement.
    lacking: one layer is missing; only attacks run here that show what it is good for.
    checks: how many checks of a question are run; None: all.
    """

    open: Callable[[Project], AbstractContextManager[Start]]
    layers: frozenset[str]
    confined: bool = True
    lacking: str = ""
    checks: int | None = None


def worker(*without: str, forks: bool = True) -> Callable[[Project], AbstractContextManager[Start]]:
    """Opens a host that leaves some layers out."""

    @contextmanager
    def open_worker(project: Project) -> Iterator[Start]:
        host = open_host(Enclosure(project.assignment, without=frozenset(without)), forks=forks)

        def start(files: dict[str, bytes], *, hostile: bool) -> ClosableRunner:
            limits = HOSTILE if hostile else HONEST
            return StudentProcess(files, project.assignment, limits, host)

        try:
            yield start
        finally:
            host.close()

    return open_worker


def available_modes() -> dict[str, Mode]:
    """The modes that this machine offers, found out by trying."""
    modes = {
        "unconfined": Mode(
            worker("landlock", "uid", "seccomp"), frozenset({"rlimits"}), confined=False, checks=2
        )
    }
    layers, without_landlock = layers_of(), layers_of("landlock")
    if {"rlimits", "landlock", "seccomp"} <= layers:
        modes["landlock"] = Mode(worker(), layers)
        modes["fresh"] = Mode(worker(forks=False), layers, checks=1)
        for lacking in ("rlimits", "landlock", "seccomp"):
            found = layers_of(lacking, "uid")
            modes[f"no-{lacking}"] = Mode(worker(lacking, "uid"), found, lacking=lacking)
    if {"rlimits", "uid", "seccomp"} <= without_landlock:
        # The tests run in a tree that everybody can read: here it does not hide the answers.
        modes["uid"] = Mode(worker("landlock"), without_landlock, checks=2)
    return modes


def layers_of(*without: str) -> frozenset[str]:
    """The layers that hold on this machine, some left out."""
    host = open_host(Enclosure(GIVEN, without=frozenset(without)))
    try:
        return frozenset(host.layers)
    finally:
        host.close()


MODES: dict[str, Mode] = available_modes()
