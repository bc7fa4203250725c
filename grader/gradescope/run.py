"""Grading one submission in a Gradescope container. There are results whatever happens."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from grader.classroom.policies import read_policies
from grader.files import write_atomically
from grader.gradescope.layout import Layout
from grader.gradescope.submission_metadata import (
    MetadataError,
    SubmissionMetadata,
    read_submission_metadata,
)
from grader.grading import grade
from grader.manifest import load_manifest
from grader.project import Project
from grader.reports.gradescope import gradescope_json
from grader.submission import SUFFIXES, read_submission

NO_SCORE = b'{"stdout_visibility": "hidden"}\n'  # should even the prepared results be gone

Say = Callable[[str], None]


def grade_submission(layout: Layout, say: Say = print) -> bool:
    """Grade what was handed in and write the results; whether grading itself worked.

    say: takes lines for the course's staff; Gradescope shows them to nobody else.
    """
    try:
        content, worked = _graded(layout, say).encode(), True
    except BaseException:  # whatever it was, and whoever ends us: first the results
        say(traceback.format_exc())
        say("Grading failed, so there is no score. Run the autograder again, or report this.")
        content, worked = _withheld(layout), False
    write_atomically(layout.results, content)
    return worked


def _graded(layout: Layout, say: Say) -> str:
    project = Project(layout.source)
    manifest = load_manifest(project.manifest)
    policies = read_policies(manifest)
    try:
        about = read_submission_metadata(layout.metadata)
    except MetadataError as error:
        say(f"{error}. It is taken for a first attempt.")
        about = SubmissionMetadata()
    seed = int(layout.seed.read_text())
    submission = read_submission(_handed_in(layout.submission))
    (graded,) = grade(project, [submission], official=True, seed=seed)
    result = graded.result
    say(f"Attempt {about.attempts}. Isolation: {', '.join(result.isolation)}. Seed: {seed}.")
    for check in result.errors:
        say(f"The grader itself failed at {check.title}: {check.message}")
    details = {"attempt": about.attempts, **about.times}
    return gradescope_json(result, manifest, policies, about.attempts, details)


def _handed_in(folder: Path) -> Path:
    """The folder, or the one archive in it: Gradescope unpacks zips and nothing else."""
    found = list(folder.iterdir()) if folder.is_dir() else []
    alone = found[0] if len(found) == 1 and SUFFIXES.search(found[0].name) else folder
    return folder if alone.is_symlink() or not alone.is_file() else alone


def _withheld(layout: Layout) -> bytes:
    try:
        return layout.withheld.read_bytes()
    except OSError:
        return NO_SCORE
