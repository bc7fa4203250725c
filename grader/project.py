"""Where things are: the folders of an assignment, found from the working directory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MANIFEST = Path("assignment") / "questions.toml"


class ProjectError(Exception):
    """There is no assignment here, or a part that a command needs is absent."""


@dataclass(frozen=True)
class Project:
    """The folders of one assignment. A student's copy has no solutions."""

    root: Path

    @property
    def manifest(self) -> Path:
        return self.root / MANIFEST

    @property
    def assignment(self) -> Path:
        return self.root / "assignment"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def starter(self) -> Path:
        return self.root / "starter_code"

    @property
    def checks(self) -> Path:
        return self.root / "grader" / "checks"

    @property
    def expected(self) -> Path:
        return self.root / "grader" / "expected"

    @property
    def local(self) -> Path:
        """What this machine keeps for itself: history, inputs. Never committed, never shipped."""
        return self.root / ".descent"

    @property
    def is_instructors(self) -> bool:
        """Whether this is the instructor's copy, which holds the solutions."""
        return self.solutions.is_dir()

    def require_solutions(self, command: str) -> None:
        """Raise ProjectError unless this is the instructor's copy."""
        if not self.is_instructors:
            raise ProjectError(
                f"`{command}` needs the solutions, and {self.solutions} does not exist: "
                "this is a student's copy. Run it in the instructor's."
            )


def find_project(start: Path | None = None) -> Project:
    """The project that `start` (default: the working directory) lies in, else the grader's own."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents, Path(__file__).resolve().parents[1]):
        if (folder / MANIFEST).is_file():
            return Project(folder)
    raise ProjectError(
        f"No assignment here: neither {start} nor a folder above it holds {MANIFEST}. "
        "Change into the assignment's folder and try again."
    )
