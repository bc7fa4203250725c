"""Archives: what students get, and later the solutions. Built from an allow-list of single files.

Nothing is packed because it lies in some folder: a file that is not named here stays here.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from grader import __version__, build, recordings
from grader.files import write_atomically
from grader.labs import SUFFIX
from grader.labs.notebook import lab_names
from grader.manifest import Manifest, load_manifest
from grader.project import Project

# Path in the archive: path in the project, where the two differ.
RENAMED = {"README.md": "assignment/README.md"}

STUDENT_FILES = (
    "LICENSE",
    "Makefile",
    "README.md",
    "pyproject.toml",
    "requirements/data.txt",
    "requirements/grade.txt",
    "requirements/labs.txt",
    "assignment/README.md",
    "assignment/__init__.py",
    "assignment/checkpoint.py",
    "assignment/cifar10_files.py",
    "assignment/data.py",
    "assignment/download.py",
    "assignment/fc_net.py",
    "assignment/figures.py",
    "assignment/gradient_check.py",
    "assignment/lab_messages.py",
    "assignment/lab_tools.py",
    "assignment/layers.py",
    "assignment/progress.py",
    "assignment/questions.toml",
    "assignment/schedules.py",
    "assignment/solver.py",
    "assignment/solver_inputs.py",
    "assignment/synthetic.py",
    "grader/__init__.py",
    "grader/__main__.py",
    "grader/answers.py",
    "grader/bootstrap.py",
    "grader/class_cli.py",
    "grader/cli.py",
    "grader/cli_run.py",
    "grader/commands.py",
    "grader/compare.py",
    "grader/conversations.py",
    "grader/counting.py",
    "grader/diagnose.py",
    "grader/errors.py",
    "grader/files.py",
    "grader/folding.py",
    "grader/grading.py",
    "grader/history.py",
    "grader/hosting.py",
    "grader/inputs.py",
    "grader/intake/__init__.py",
    "grader/intake/cells.py",
    "grader/intake/folders.py",
    "grader/intake/names.py",
    "grader/intake/notebooks.py",
    "grader/intake/single_file.py",
    "grader/intake/streams.py",
    "grader/intake/tars.py",
    "grader/intake/zips.py",
    "grader/judging.py",
    "grader/labs/__init__.py",
    "grader/labs/answers.py",
    "grader/labs/graded.py",
    "grader/labs/handing_in.py",
    "grader/labs/inline.py",
    "grader/labs/steps.py",
    "grader/manifest.py",
    "grader/manual.py",
    "grader/merging.py",
    "grader/messages.py",
    "grader/outcomes.py",
    "grader/pairs.py",
    "grader/patterns.py",
    "grader/plain_cli.py",
    "grader/plugin.py",
    "grader/project.py",
    "grader/reader.py",
    "grader/recordings.py",
    "grader/reference.py",
    "grader/remembered.py",
    "grader/result.schema.json",
    "grader/results.py",
    "grader/running.py",
    "grader/sentences.py",
    "grader/submission.py",
    "grader/checks/__init__.py",
    "grader/checks/conftest.py",
    "grader/checks/dropout_layer.py",
    "grader/checks/gradients.py",
    "grader/checks/large.py",
    "grader/checks/layers.py",
    "grader/checks/nets.py",
    "grader/checks/steps.py",
    "grader/checks/test_dropout.py",
    "grader/checks/test_layernorm.py",
    "grader/checks/test_normalization.py",
    "grader/checks/test_optim.py",
    "grader/checks/test_training.py",
    "grader/checks/unmodified.py",
    "grader/reports/__init__.py",
    "grader/reports/corrections.py",
    "grader/reports/html/__init__.py",
    "grader/reports/html/markup.py",
    "grader/reports/html/page.py",
    "grader/reports/html/pictures.py",
    "grader/reports/html/questions.py",
    "grader/reports/html/student.py",
    "grader/reports/html/style.py",
    "grader/reports/junit.py",
    "grader/reports/terminal.py",
    "grader/sources.py",
    "grader/student/__init__.py",
    "grader/student/affinity.py",
    "grader/student/budget.py",
    "grader/student/calls.py",
    "grader/student/channel.py",
    "grader/student/faults.py",
    "grader/student/functions.py",
    "grader/student/hosts.py",
    "grader/student/inside/__init__.py",
    "grader/student/inside/confinement.py",
    "grader/student/inside/executor.py",
    "grader/student/inside/imports.py",
    "grader/student/inside/landlock.py",
    "grader/student/inside/seccomp.py",
    "grader/student/inside/serve.py",
    "grader/student/inside/start.py",
    "grader/student/inside/zygote.py",
    "grader/student/local.py",
    "grader/student/process.py",
    "grader/student/wire.py",
)


class ReleaseError(Exception):
    """An archive cannot be made; the sentence says why."""


def student_files(project: Project, manifest: Manifest) -> Iterator[tuple[str, Path]]:
    """Every file of the student archive: its name there, and where it is taken from."""
    for name in STUDENT_FILES:
        yield name, project.root / RENAMED.get(name, name)
    for name in manifest.files:
        yield f"starter_code/{name}", project.starter / name
    for lab in lab_names(project.assignment / "labs"):
        yield f"starter_code/{lab}{SUFFIX}", project.starter / f"{lab}{SUFFIX}"
    for question in manifest.questions:
        for path_of in (recordings.path_of, recordings.pairs_path_of):
            path = path_of(project.expected, question.name)
            yield path.relative_to(project.root).as_posix(), path


def release_student_archive(project: Project, out: Path) -> Path:
    """Pack what students get; ReleaseError unless everything derived is up to date."""
    stale = build.check(project)
    if stale:
        raise ReleaseError(
            f"Something derived is not what the sources give ({stale[0]}). "
            "Run `grader build`, look at what changed, and release again."
        )
    manifest = load_manifest(project.manifest)
    target = out / f"{manifest.name}-{__version__}.zip"
    return pack(target, f"{manifest.name}/", student_files(project, manifest))


def release_solutions(project: Project, out: Path) -> Path:
    """Pack the solutions as they are, for the day after the deadline."""
    manifest = load_manifest(project.manifest)
    files = ((name, project.solutions / name) for name in manifest.files)
    name = f"{manifest.name}-solutions"
    return pack(out / f"{name}-{__version__}.zip", f"{name}/", files)


def pack(
    target: Path,
    top: str,
    files: Iterable[tuple[str, Path]],
    programs: Collection[str] = (),
) -> Path:
    """A zip of these files; the same files give the same bytes on every day and system.

    top: put before every name; programs: names of those that can be executed
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReleaseError(f"{target.parent} cannot be written to: {error.strerror}.") from error
    partial = target.with_name(f".{target.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in sorted(files):
                if path.is_symlink() or not path.is_file():
                    raise ReleaseError(f"{path} is on the list of files to pack and is not a file.")
                entry = zipfile.ZipInfo(f"{top}{name}", date_time=(2026, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 3  # Unix, so that the mode counts
                entry.external_attr = (0o100755 if name in programs else 0o100644) << 16
                archive.writestr(entry, path.read_bytes())
        write_atomically(target, partial.read_bytes())
    finally:
        partial.unlink(missing_ok=True)
    return target
