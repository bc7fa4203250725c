"""Lets `pytest grader/checks` run the checks by itself, as ordinary tests of one submission."""

from pathlib import Path

import pytest

from grader.grading import open_judge
from grader.plugin import ChecksPlugin
from grader.project import find_project
from grader.submission import read_submission


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--submission",
        type=Path,
        help="the folder, zip, tar or notebook to check (default: starter_code)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "check(question, weight, edge, needs): a graded check")
    project = find_project(Path(__file__).parent)
    submission = read_submission(config.getoption("--submission") or project.starter)
    session = open_judge(project, submission)
    config.pluginmanager.register(ChecksPlugin(session.judge))
    config.add_cleanup(session.close)
