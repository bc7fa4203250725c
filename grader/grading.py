"""Grading submissions: collect the checks once, run them for each submission, count the points."""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from grader import __version__
from grader.diagnose import LiveMistakes, RecordedMistakes, load_wrong_answers
from grader.judging import Judge, Outcome
from grader.manifest import Manifest, Question, load_manifest
from grader.plugin import CheckError, ChecksPlugin
from grader.project import Project
from grader.reference import LiveSource, RecordedSource, load_solutions
from grader.results import (
    CheckResult,
    QuestionResult,
    Result,
    Status,
    SubmissionInfo,
    add_points,
    share_points,
    this_environment,
)
from grader.student.process import StudentProcess
from grader.submission import Submission

PRACTICE, OFFICIAL = "practice", "official"
HARDENED = ("process", "rlimits", "landlock", "seccomp")  # what official grading wants to stand on


class GradingError(Exception):
    """The grader itself cannot go on; the sentence says why."""


@dataclass
class Graded:
    """A result, and what only a terminal shows of it."""

    result: Result
    submission: Submission
    outcomes: list[Outcome]


@dataclass
class JudgeSession:
    """A judge with a student process behind it."""

    judge: Judge
    close: Callable[[], None]


def start_process(project: Project, manifest: Manifest, submission: Submission) -> StudentProcess:
    """The process that runs this submission's functions; it starts with the first call."""
    return StudentProcess(submission.files, project.assignment, manifest.limits)


def open_judge(project: Project, submission: Submission) -> JudgeSession:
    """A practice judge for checks that pytest runs directly; its failures reach pytest."""
    manifest = load_manifest(project.manifest)
    judge = make_judge(project, manifest, raising=True)
    process = start_process(project, manifest, submission)
    judge.begin(process)
    return JudgeSession(judge, process.close)


def make_judge(
    project: Project, manifest: Manifest, *, official: bool = False, **options: Any
) -> Judge:
    """A judge with recorded answers, or, in official mode, with the solutions behind it."""
    if not official:
        recorded = RecordedSource(project.expected, manifest)
        return Judge(manifest, recorded, RecordedMistakes(recorded), **options)
    solutions = load_solutions(project, manifest)
    wrong_answers = load_wrong_answers(project.solutions / "wrong_answers", manifest)
    mistakes = LiveMistakes(manifest, solutions, wrong_answers)
    return Judge(manifest, LiveSource(solutions, manifest), mistakes, **options)


def grade(
    project: Project,
    submissions: Iterable[Submission],
    *,
    official: bool = False,
    seed: int = 0,
    questions: tuple[str, ...] = (),
) -> Iterator[Graded]:
    """Grade submissions one after another.

    official: use the live oracle and inputs drawn from `seed`; needs `solutions/`.
    questions: grade only these (and run what they need); default all.
    Raises GradingError where the checks themselves cannot be collected.
    """
    manifest = load_manifest(project.manifest)
    judge = make_judge(project, manifest, official=official, questions=questions)
    graded: list[Graded] = []

    def grade_each(rerun: Callable[[], None]) -> None:
        for submission in submissions:
            started = time.perf_counter()
            process = start_process(project, manifest, submission)
            try:
                judge.begin(process, seed)
                rerun()
            finally:
                process.close()
            seconds = time.perf_counter() - started
            graded.append(_count(judge, submission, process, seconds))

    run_checks(project, judge, grade_each)
    yield from graded


def run_checks(project: Project, judge: Judge, body: Callable[[Callable[[], None]], None]) -> None:
    """Collect the checks and call `body(rerun)`; every `rerun()` runs all of them once more.

    pytest runs here without the user's plugins, ini files, environment options and cache.
    """
    loop = _Loop(body)
    arguments = [
        str(project.checks),
        f"--rootdir={project.root}",
        f"-c{os.devnull}",
        "--noconftest",
        "--import-mode=importlib",
        "--assert=plain",
        "--capture=no",
        "-pno:cacheprovider",
        "-pno:terminal",
        "-pno:faulthandler",
        "-pno:junitxml",
        "-Wignore",
    ]
    with _clean_pytest_environment():
        plugins = [ChecksPlugin(judge), loop]
        code = pytest.main(arguments, plugins=plugins)
    if loop.error is not None:
        raise loop.error
    if loop.problems:
        raise GradingError("the checks cannot be collected: " + "; ".join(loop.problems))
    if not loop.ran:
        raise GradingError(f"the checks in {project.checks} cannot be run (pytest: {code!r})")


class _Loop:
    """Takes over pytest's run loop: once collected, the checks run as often as is asked."""

    def __init__(self, body: Callable[[Callable[[], None]], None]) -> None:
        self.body = body
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
        def rerun() -> None:
            for index, item in enumerate(session.items):
                following = session.items[index + 1] if index + 1 < len(session.items) else None
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)

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


def _count(judge: Judge, submission: Submission, process: StudentProcess, seconds: float) -> Graded:
    manifest = judge.manifest
    questions = [
        _count_question(manifest, manifest.question(name), judge)
        for name in (question.name for question in manifest.questions)
        if name in judge.selected
    ]
    regular = [question for question in questions if not question.bonus]
    bonus = [question for question in questions if question.bonus]
    outcomes = list(judge.outcomes.values())
    output = "".join(outcome.printed for outcome in outcomes)
    if submission.refused:
        output = manifest.say("unreadable", why=submission.refused)
    result = Result(
        assignment=manifest.name,
        version=__version__,
        mode=OFFICIAL if judge.source.hidden else PRACTICE,
        submission=SubmissionInfo(submission.id, submission.digest),
        graded_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 4),
        isolation=list(process.isolation),
        score=add_points([question.score for question in regular]),
        max_score=float(sum(question.max_score for question in regular)),
        bonus=add_points([question.score for question in bonus]),
        max_bonus=float(sum(question.max_score for question in bonus)),
        questions=questions,
        environment=this_environment(),
        output=printable(output),
    )
    return Graded(result, submission, outcomes)


def _count_question(manifest: Manifest, question: Question, judge: Judge) -> QuestionResult:
    specs = [spec for spec in judge.specs.values() if spec.question == question.name]
    shares = share_points(question.points, [spec.weight for spec in specs])
    main = next(spec for spec in specs if not spec.edge)
    earned_something = judge.outcomes[question.name, main.name].status is Status.PASSED
    checks = []
    for spec, share in zip(specs, shares, strict=True):
        outcome = judge.outcomes[question.name, spec.name]
        notes = list(outcome.notes)
        score: float | None = share if outcome.status is Status.PASSED else 0.0
        if outcome.status is Status.ERROR:
            score = None
        elif outcome.status is Status.PASSED and spec.edge and not earned_something:
            score = 0.0
            notes.append(manifest.say("not_counted", check=main.title))
        checks.append(
            CheckResult(
                name=spec.name,
                title=spec.title,
                status=outcome.status,
                score=score,
                max_score=share,
                seconds=round(outcome.seconds, 4),
                message=printable(outcome.message),
                relative_error=outcome.error,
                diagnosis=outcome.diagnosis,
                notes=notes,
            )
        )
    return QuestionResult(
        name=question.name,
        title=question.title,
        score=add_points([check.score for check in checks]),
        max_score=float(question.points),
        bonus=question.bonus,
        checks=checks,
    )


def printable(text: str) -> str:
    """Text without control characters: nothing a student prints may steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "?" for c in text.expandtabs(4))
