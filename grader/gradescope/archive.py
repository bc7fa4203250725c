"""Gradescope's autograder.zip: two scripts, the grader, and the solutions to grade with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader import __version__
from grader.manifest import Manifest, load_manifest
from grader.project import Project
from grader.release import RENAMED, STUDENT_FILES, pack

# Their names in the archive; Gradescope looks for them at its top.
SCRIPTS = ("run_autograder", "setup.sh")
# What grading there needs beside what students have.
GRADER_FILES = (
    "grader/classroom/__init__.py",
    "grader/classroom/disclosure.py",
    "grader/classroom/policies.py",
    "grader/classroom/times.py",
    "grader/gradescope/__init__.py",
    "grader/gradescope/__main__.py",
    "grader/gradescope/image.py",
    "grader/gradescope/layout.py",
    "grader/gradescope/run.py",
    "grader/gradescope/submission_metadata.py",
    "grader/reports/gradescope.py",
)
# Every module in these is loaded by official grading.
ANSWERS = ("wrong_answers", "accepted_variants")


def autograder_files(project: Project, manifest: Manifest) -> Iterator[tuple[str, Path]]:
    """Every file of the archive: its name there, and where it is taken from."""
    for name in SCRIPTS:
        yield name, project.root / "grader" / "gradescope" / name
    for name in (*STUDENT_FILES, *GRADER_FILES):
        yield name, project.root / RENAMED.get(name, name)
    for name in manifest.files:
        yield f"solutions/{name}", project.solutions / name
    for folder in ANSWERS:
        for path in sorted((project.solutions / folder).glob("*.py")):
            yield f"solutions/{folder}/{path.name}", path


def release_autograder(project: Project, out: Path) -> Path:
    """Pack what an instructor uploads to Gradescope; ReleaseError if a file is not there."""
    manifest = load_manifest(project.manifest)
    target = out / f"{manifest.name}-gradescope-{__version__}.zip"
    return pack(target, "", autograder_files(project, manifest), SCRIPTS)
