"""What the instructor's commands do: build, verify, release."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from grader import build
from grader.errors import sentence_and_code
from grader.gradescope.archive import release_autograder
from grader.laws import LAWS
from grader.laws.mutants import Census, no_mutant_survives
from grader.laws.mutation import require_cosmic_ray
from grader.project import Project, find_project
from grader.release import release_solutions, release_student_archive

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


def verify_command(mutants: bool = False) -> int:
    """Check every law and say what broke it; returns the exit code.

    mutants: law 7 too, which takes minutes.
    """
    project = find_project()
    project.require_solutions("grader verify")
    if mutants:
        require_cosmic_ray()  # now rather than after the other laws
    broken = sum(_is_broken(number, law, project) for number, law in LAWS.items())
    if not mutants:
        print(f"{len(LAWS)} laws checked, {broken} broken.")
        return BROKEN if broken else DONE

    censuses: list[Census] = []

    def law(project: Project) -> list[str]:
        censuses.append(no_mutant_survives(project, _show_count))
        return censuses[0].complaints

    law.__doc__ = no_mutant_survives.__doc__
    broken += _is_broken(len(LAWS) + 1, law, project)
    print(f"{len(LAWS) + 1} laws checked, {broken} broken.")
    if not censuses:  # it could not be taken; the complaint says why
        return BROKEN
    print(f"Compared in practice and in official mode: {censuses[0].compared} mutants.")
    ways = ", ".join(f"{count} {how}" for how, count in censuses[0].ways.most_common())
    print(f"Of the mutants killed: {ways or 'none'}.")
    print(censuses[0])
    return BROKEN if broken else DONE


def _is_broken(number: int, law: Callable[[Project], list[str]], project: Project) -> bool:
    """Check a law and tell what came of it."""
    title = (law.__doc__ or "").partition("\n")[0]
    print(f"Law {number}: {title} ... ", end="", flush=True)
    try:
        complaints = law(project)
    except Exception as error:  # the other laws are still worth knowing
        complaints = [sentence_and_code(error)[0]]
    print("BROKEN" if complaints else "holds")
    for complaint in complaints:
        print(f"  {complaint}")
    return bool(complaints)


def _show_count(done: int, of: int) -> None:
    """Show how far a law has come, where that can be taken away again."""
    if sys.stdout.isatty():
        text = f"{done} of {of}" if done < of else ""
        print(f"\0337{text}\033[K\0338", end="", flush=True)


def release_command(solutions: bool, out: Path) -> int:
    """Pack the archives and say where they are; returns the exit code."""
    project = find_project()
    project.require_solutions("grader release")
    if solutions:
        _tell(release_solutions(project, out), "the solutions, for after the deadline")
        return DONE
    _tell(release_student_archive(project, out), "for students")
    _tell(release_autograder(project, out), "for Gradescope; it holds the solutions")
    return DONE


def _tell(path: Path, what: str) -> None:
    print(f"Wrote {path} ({path.stat().st_size / 1e6:.1f} MB): {what}.")
