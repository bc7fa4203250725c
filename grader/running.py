"""The checks under pytest: collected once, run as often as is asked."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections.abc import Collection, Iterator
from typing import Protocol, cast

import pytest

from grader.judging import Judge
from grader.plugin import CheckError, ChecksPlugin
from grader.project import Project

# What pytest need not load: it reports nothing here, and a student waits for it to start.
UNUSED = {
    *("cacheprovider", "terminal", "faulthandler", "junitxml", "unittest", "doctest"),
    *("debugging", "pastebin", "setuponly", "setupplan", "stepwise"),
    *("threadexception", "unraisableexception"),
}


class GradingError(Exception):
    """The grader itself cannot go on; the sentence says why."""


class Rerun(Protocol):
    """Runs the collected checks once more: all of them, or those of some questions."""

    def __call__(self, questions: Collection[str] | None = None) -> None: ...


class Body(Protocol):
    """What is to be done while the checks are collected."""

    def __call__(self, rerun: Rerun) -> None: ...


def run_checks(project: Project, judge: Judge, body: Body) -> None:
    """Collect the checks and call `body(rerun)`; every `rerun()` runs all of them once more.

    pytest runs here without the user's plugins, ini files, environment options and cache.
    """
    plugin = ChecksPlugin(judge)
    loop = _Loop(body, plugin)
    arguments = [
        str(project.checks),
        f"--rootdir={project.root}",
        f"-c{os.devnull}",
        "--noconftest",
        "--import-mode=importlib",
        "--assert=plain",
        "--capture=no",
        *(f"-pno:{name}" for name in sorted(UNUSED)),
        "-Wignore",
    ]
    with _clean_pytest_environment():
        code = pytest.main(arguments, plugins=[plugin, loop])
    if loop.problems:  # before what follows from them
        raise GradingError("the checks cannot be collected: " + "; ".join(loop.problems))
    if loop.error is not None:
        raise loop.error
    if not loop.ran:
        raise GradingError(f"the checks in {project.checks} cannot be run (pytest: {code!r})")


class _Loop:
    """Takes over pytest's run loop: once collected, the checks run as often as is asked."""

    def __init__(self, body: Body, plugin: ChecksPlugin) -> None:
        self.body, self.plugin = body, plugin
        self.ran = False
        self.error: BaseException | None = None
        self.problems: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            last = str(report.longrepr).strip().splitlines()[-1]
            self.problems.append(f"{report.nodeid}: {last}")

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        self.error = excinfo.value
        if isinstance(self.error, CheckError):
            self.error = GradingError(str(self.error))
        return True

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        self.error = excinfo.value

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        def rerun(questions: Collection[str] | None = None) -> None:
            collected = cast(list[pytest.Function], session.items)  # the judge adopts nothing else
            items = [
                item
                for item in collected
                if questions is None or self.plugin.judge.specs[item.nodeid].question in questions
            ]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for number, item in enumerate(items, 1):
                    if self.plugin.run_plain(item):
                        continue
                    following = self.plugin.following(items[number:])
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                    if self.plugin.broken:
                        raise self.plugin.broken[0]

        if not self.problems:
            self.ran = True
            self.body(rerun)
        return True


@contextlib.contextmanager
def _clean_pytest_environment() -> Iterator[None]:
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("PYTEST_", "PY_COLORS"))]:
        del os.environ[name]
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    path = list(sys.path)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.path[:] = path
