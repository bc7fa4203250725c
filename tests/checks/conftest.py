"""Shared by the tests of the checks: submissions made from the solutions, graded for real."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.grading import grade
from grader.project import Project
from grader.submission import Submission

SEED = 20_260_101


@pytest.fixture(scope="session")
def quick_project(recorded_project, tmp_path_factory):
    """The project with short deadlines, for code that hangs."""
    quick = Project(tmp_path_factory.mktemp("quick"))
    shutil.copytree(recorded_project.assignment, quick.assignment)
    for folder in ("solutions", "grader"):
        (quick.root / folder).symlink_to(recorded_project.root / folder, target_is_directory=True)
    text = quick.manifest.read_text(encoding="utf-8")
    assert "call_seconds = 5.0" in text
    quick.manifest.write_text(text.replace("call_seconds = 5.0", "call_seconds = 0.8"))
    return quick


def _look_up(graded):
    """A result, with what was found by question and by check."""
    questions = graded.result.questions
    checks = [(q.name, check) for q in questions for check in q.checks]
    return SimpleNamespace(
        result=graded.result,
        score=graded.result.score,
        bonus=graded.result.bonus,
        scores={q.name: q.score for q in questions},
        maxima={q.name: q.max_score for q in questions},
        statuses={(question, check.name): check.status for question, check in checks},
        messages={(question, check.name): check.message for question, check in checks},
        notes={note for _, check in checks for note in check.notes},
    )


@pytest.fixture(scope="session")
def grade_all(recorded_project):
    """Grades several submissions together, which is quicker: a dict of files by name of each."""

    def run(submissions, project=recorded_project, official=False):
        options = {"official": True, "seed": SEED} if official else {}
        handed_in = [
            Submission(name, Path(name), {file: text.encode() for file, text in files.items()})
            for name, files in submissions.items()
        ]
        found = grade(project, handed_in, **options)
        return {graded.submission.id: _look_up(graded) for graded in found}

    return run


@pytest.fixture
def grade_files(grade_all):
    """Grades files: `grade_files(files, official=True)`."""

    def run(files, **options):
        return grade_all({"submission": files}, **options)["submission"]

    return run


@pytest.fixture(scope="session")
def with_change(solution_files):
    """The solutions with one piece of a file replaced: `with_change("optim.py", old, new)`."""

    def change(file, *replacements):
        text = solution_files[file]
        for old, new in zip(replacements[::2], replacements[1::2], strict=True):
            assert old in text, old
            text = text.replace(old, new, 1)  # a bonus question may repeat a line further down
        return {**solution_files, file: text}

    return change
