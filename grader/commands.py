"""What the student's commands do: grade, watch, submit, inputs. `cli` reads the command line."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader import history
from grader.files import write_atomically
from grader.grading import Graded, grade
from grader.manifest import Manifest, load_manifest
from grader.project import Project, find_project
from grader.reports.terminal import Text, show, write_report
from grader.results import to_json
from grader.submission import read_submission

DONE, BELOW, USAGE, GRADER_FAILED = 0, 1, 2, 3
WATCH_SECONDS = 0.3
ARCHIVE = "submission.zip"


class UsageError(Exception):
    """The command line asks for something that cannot be; the sentence says what can."""


@dataclass(frozen=True)
class GradeOptions:
    """What `grader grade` was asked for."""

    path: Path | None = None
    questions: tuple[str, ...] = ()
    official: bool = False
    seed: int | None = None
    json: Path | None = None
    html: Path | None = None
    junit: Path | None = None
    fail_under: float | None = None
    allow_weak_isolation: bool = False


def grade_command(options: GradeOptions) -> int:
    """Grade one submission and report; returns the exit code."""
    project = find_project()
    manifest = load_manifest(project.manifest)
    graded, seed = _grade(project, manifest, options)
    write_report(graded, manifest, rerun=_rerun_command(options, seed), seed=seed)
    if options.json is not None:
        _write(options.json, to_json(graded.result))
    if options.html is not None:  # without the seed: a page is made to be passed on
        from grader.reports.html.pictures import pictures_of
        from grader.reports.html.student import student_page

        pictures = pictures_of(graded, manifest)
        rerun = _rerun_command(options) if not options.official else ""
        _write(options.html, student_page(graded.result, manifest, pictures=pictures, rerun=rerun))
    if options.junit is not None:
        from grader.reports.junit import to_junit

        _write(options.junit, to_junit(graded.result))
    if graded.result.errors:
        return GRADER_FAILED
    score = graded.result.score or 0.0
    return BELOW if options.fail_under is not None and score < options.fail_under else DONE


def watch_command(options: GradeOptions) -> int:
    """Grade now and after every save, until Ctrl-C."""
    project = find_project()
    path = options.path or project.starter
    code = DONE
    seen: str | None = None
    try:
        while True:
            digest = read_submission(path).digest
            if digest != seen:
                seen = digest
                if sys.stdout.isatty():
                    print("\033[2J\033[H", end="")
                code = grade_command(options)
                print("Watching for the next save. Ctrl-C ends it.", flush=True)
            time.sleep(WATCH_SECONDS)
    except KeyboardInterrupt:
        print()
        return code


def submit_command() -> int:
    """Grade once more and pack the student's files into a zip; returns the exit code."""
    from grader.labs.handing_in import labs_in

    project = find_project()
    manifest = load_manifest(project.manifest)
    graded, _ = _grade(project, manifest, GradeOptions())
    write_report(graded, manifest, rerun=_rerun_command(GradeOptions()))
    submission = graded.submission
    if not any(name in submission.files for name in manifest.files):
        raise UsageError(
            f"{submission.path} holds none of {', '.join(manifest.files)}: nothing to submit."
        )
    labs = labs_in(project.starter, manifest)
    files = {**submission.files, **labs.files}
    target = project.root / ARCHIVE
    write_atomically(target, _zip(files))
    absent = [name for name in manifest.files if name not in submission.files]
    lines = [f"Packed {len(files)} files into {target}: hand in that one."]
    if absent:
        lines.append(f"Not among them, because they are not there: {', '.join(absent)}.")
    show([Text(line) for line in [*lines, *labs.warnings]])
    return GRADER_FAILED if graded.result.errors else DONE


def inputs_command(name: str, path: Path | None = None) -> int:
    """Save the inputs of one practice check and print a snippet that loads them."""
    from grader.inputs import snippet

    project = find_project()
    show([Text(line) for line in snippet(project, name, path).splitlines()])
    return DONE


def _grade(
    project: Project, manifest: Manifest, options: GradeOptions
) -> tuple[Graded, int | None]:
    known = [question.name for question in manifest.questions]
    for name in options.questions:
        if name.partition(":")[0] not in known:
            raise UsageError(f"There is no question {name!r}. There are: {', '.join(known)}.")
    if options.seed is not None and not options.official:
        raise UsageError("--seed goes with --official: practice inputs are always the same.")
    seed = None
    if options.official:
        seed = secrets.randbits(128) if options.seed is None else options.seed
    submission = read_submission(options.path or _shortened(project.starter))
    (graded,) = grade(
        project,
        [submission],
        official=options.official,
        seed=seed or 0,
        questions=options.questions,
        allow_weak_isolation=options.allow_weak_isolation,
        manifest=manifest,
    )
    if not options.official:
        history.keep(project.local / "history", graded)
    return graded, seed


def _shortened(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _rerun_command(options: GradeOptions, seed: int | None = None) -> str:
    """How this person would grade one question again: with make if make is what they used."""
    path = shlex.quote(str(options.path)) if options.path is not None else ""
    if "MAKELEVEL" in os.environ:
        submission = f" SUBMISSION={path}" if path not in ("", "starter_code") else ""
        return f"make grade{submission} QUESTION="
    program = Path(sys.argv[0]).name
    command = "grader" if program in ("grader", "grader.exe") else "python -m grader"
    official = f" --official --seed {seed}" if seed is not None else ""
    return f"{command} grade{f' {path}' if path else ''}{official} --question "


def _zip(files: Mapping[str, bytes]) -> bytes:
    import io
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _write(path: Path, text: str) -> None:
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            path.write_bytes(text.encode())  # a pipe or a device is written to, not replaced
        else:
            write_atomically(path, text.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error


def data_command(directory: Path | None) -> int:
    """Fetch CIFAR-10 to where the loader looks for it; returns the exit code."""
    from assignment.download import download_cifar10

    folder = download_cifar10(directory)
    print(f"CIFAR-10 is in {folder}.")
    return DONE
