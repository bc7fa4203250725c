"""Laws 1, 2, 3 and 6: derived files, solutions, starter, student archive."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from grader import build
from grader.grading import Graded, grade
from grader.labs import SUFFIX
from grader.manifest import load_manifest
from grader.markers import regions, starter_of
from grader.project import Project
from grader.release import ReleaseError, release_student_archive, student_files
from grader.results import Status
from grader.submission import Submission, read_submission

SEEDS = (1, 2, 3)
# Whatever the list says, none of these is for students.
FORBIDDEN = re.compile(
    r"/(solutions|wrong_answers|accepted_variants|tests|laws)/"
    r"|/grader/(markers|build|record|release|instructor)\.py$"
).search
TELLING = 16  # a line of a solution shorter than this may stand anywhere by chance


def nothing_derived_is_stale(project: Project) -> list[str]:
    """Rebuilding changes no starter file, and no recorded output by more than 1e-10"""
    return build.check(project)


def solutions_get_full_marks(project: Project) -> list[str]:
    """The solutions get full marks in practice and in official mode"""
    submission = read_submission(project.solutions)
    complaints = _unless_full("practice", *grade(project, [submission]))
    for seed in SEEDS:
        official = grade(project, [submission], official=True, seed=seed)
        complaints += _unless_full(f"official, seed {seed}", *official)
    return complaints


def starter_gets_nothing(project: Project) -> list[str]:
    """The starter files get no marks, and every check is missing or blocked"""
    manifest = load_manifest(project.manifest)
    files = {}
    for name in manifest.files:
        path = project.solutions / name
        files[name] = starter_of(path.read_text(encoding="utf-8"), path).encode()
    (graded,) = grade(project, [Submission("starter", project.starter, files)])
    complaints = [
        f"{outcome.spec.question}: {outcome.spec.name} is {outcome.status}: {outcome.message}"
        for outcome in graded.outcomes
        if outcome.status not in (Status.MISSING, Status.BLOCKED)
    ]
    if graded.result.score != 0 or graded.result.bonus != 0:
        complaints.append(f"it scores {graded.result.score} + {graded.result.bonus}")
    return complaints


def students_archive_is_clean(project: Project) -> list[str]:
    """The student archive holds no solution and works where it is unpacked"""
    manifest = load_manifest(project.manifest)
    with tempfile.TemporaryDirectory() as folder:
        try:
            archive = release_student_archive(project, Path(folder))
        except ReleaseError as error:
            return [str(error)]
        with zipfile.ZipFile(archive) as packed:
            names = set(packed.namelist())
            texts = {name: _text(name, packed.read(name)) for name in names}
            packed.extractall(folder)  # our own archive, made a moment ago
        allowed = {f"{manifest.name}/{name}" for name, _ in student_files(project, manifest)}
        complaints = [f"{name} is not on the list" for name in sorted(names - allowed)]
        complaints += [f"{name} is the instructor's" for name in sorted(names) if FORBIDDEN(name)]
        for file, number, line in _solution_lines(project, manifest.files):
            complaints += [
                f"{name} holds line {number} of {file}: {line}"
                for name, text in sorted(texts.items())
                if line in (given.strip() for given in text.splitlines())
            ]
        complaints += _unless_it_grades(Path(folder) / manifest.name)
    return complaints


def _text(name: str, content: bytes) -> str:
    """A file's text; a notebook's is that of its cells."""
    text = content.decode("utf-8", "replace")
    if not name.endswith(SUFFIX):
        return text
    return "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])


def _unless_full(where: str, graded: Graded) -> list[str]:
    result = graded.result
    complaints = [
        f"{where}: {outcome.spec.question}: {outcome.spec.name}: {outcome.message}"
        for outcome in graded.outcomes
        if outcome.status is not Status.PASSED
    ]
    if (result.score, result.bonus) != (result.max_score, result.max_bonus):
        complaints.append(f"{where}: {result.score} + {result.bonus}")
    return complaints


def _solution_lines(project: Project, files: tuple[str, ...]) -> list[tuple[str, int, str]]:
    lines = []
    for name in files:
        source = (project.solutions / name).read_text(encoding="utf-8")
        numbered = list(enumerate(source.splitlines(), start=1))
        for region in regions(source, Path(name)):
            for number, line in numbered[region.begin : region.end - 1]:
                if len(line.strip()) >= TELLING:
                    lines.append((name, number, line.strip()))
    return lines


def _unless_it_grades(folder: Path) -> list[str]:
    command = [sys.executable, "-m", "grader", "grade", "--json", "result.json"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode != 0 or not (folder / "result.json").is_file():
        return [f"`grader grade` fails in it ({done.returncode}): {done.stderr or done.stdout}"]
    return []
