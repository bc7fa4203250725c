"""What the instructor's commands do: build, verify, release."""

from __future__ import annotations

from pathlib import Path

from grader import build
from grader.project import find_project
from grader.release import release_solutions, release_student_archive
from grader.verify import LAWS

DONE, BROKEN = 0, 1


def build_command(check: bool) -> int:
    """Derive everything, or tell what differs; returns the exit code."""
    project = find_project()
    lines = build.check(project) if check else build.build(project)
    for line in lines:
        print(line)
    if not lines:
        print("Everything derived is up to date.")
    elif check:
        print("Run `grader build` and commit what it writes.")
    return BROKEN if check and lines else DONE


def verify_command() -> int:
    """Check every law and say what broke it; returns the exit code."""
    project = find_project()
    project.require_solutions("grader verify")
    broken = 0
    for number, law in LAWS.items():
        title = (law.__doc__ or "").partition("\n")[0]
        print(f"Law {number}: {title} ... ", end="", flush=True)
        complaints = law(project)
        print("BROKEN" if complaints else "holds")
        for complaint in complaints:
            print(f"  {complaint}")
        broken += bool(complaints)
    print(f"{len(LAWS)} laws checked, {broken} broken.")
    return BROKEN if broken else DONE


def release_command(solutions: bool, out: Path) -> int:
    """Pack an archive and say where it is; returns the exit code."""
    project = find_project()
    project.require_solutions("grader release")
    path = release_solutions(project, out) if solutions else release_student_archive(project, out)
    print(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB).")
    return DONE
