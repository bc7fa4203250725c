"""Grading submissions: collect the checks once, run them for each submission, count the points."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grader import __version__
from grader.answers import load_variants, load_wrong_answers
from grader.counting import count_questions, printable
from grader.diagnose import LiveMistakes, RecordedMistakes
from grader.judging import Judge, Outcome
from grader.manifest import Manifest, load_manifest
from grader.project import Project
from grader.reference import LiveSource, RecordedSource, load_solutions
from grader.results import Result, SubmissionInfo, add_points, this_environment
from grader.running import Rerun, run_checks
from grader.student import hosts
from grader.student.inside.confinement import hide_from_others, lacking_layers
from grader.student.process import StudentProcess
from grader.submission import Submission

PRACTICE, OFFICIAL = "practice", "official"


class WeakIsolation(Exception):
    """Official grading is refused on this machine; the sentence says why and what to do."""


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


def open_host(project: Project, **options: Any) -> hosts.Host:
    """What student processes are started by; answers must not be readable in them."""
    answers = [
        *project.solutions.glob("**/*.py"),
        *project.expected.glob("*.frame"),
    ]
    return hosts.open_host(hosts.Enclosure(project.assignment, tuple(answers), **options))


def require_isolation(host: hosts.Host) -> None:
    """Raise `WeakIsolation` unless the host's processes can reach no file and no network."""
    lacking = lacking_layers(host.layers)
    if lacking:
        raise WeakIsolation(
            f"Official grading is refused: this machine lacks {' and '.join(lacking)}, so that a "
            "submission could read the answers or send them away. Grade on Linux 5.13 or newer "
            "(docs/security.md says how), or accept it with --allow-weak-isolation."
        )


def open_judge(project: Project, submission: Submission) -> JudgeSession:
    """A practice judge for checks that pytest runs directly; its failures reach pytest."""
    manifest = load_manifest(project.manifest)
    judge = make_judge(project, manifest, raising=True)
    host = open_host(project)
    process = StudentProcess(submission.files, project.assignment, manifest.limits, host)
    judge.begin(process)

    def close() -> None:
        process.close()
        host.close()

    return JudgeSession(judge, close)


def make_judge(
    project: Project, manifest: Manifest, *, official: bool = False, **options: Any
) -> Judge:
    """A judge with recorded answers, or, in official mode, with the solutions behind it."""
    if not official:
        recorded = RecordedSource(project.expected, manifest)
        return Judge(manifest, recorded, RecordedMistakes(recorded), **options)
    solutions = load_solutions(project, manifest)
    mistakes = LiveMistakes(manifest, solutions, load_wrong_answers(project, manifest))
    variants = {a.variant: a.run for a in load_variants(project, manifest)}
    return Judge(manifest, LiveSource(solutions, manifest, variants), mistakes, **options)


def grade(
    project: Project,
    submissions: Iterable[Submission],
    *,
    official: bool = False,
    seed: int = 0,
    questions: tuple[str, ...] = (),
    allow_weak_isolation: bool = False,
) -> Iterator[Graded]:
    """Grade submissions one after another.

    official: use the live oracle and inputs drawn from `seed`; needs `solutions/`, and
        `WeakIsolation` is raised where student code could read files or use the network, unless
        `allow_weak_isolation`.
    questions: grade only these (and run what they need); default all.
    Raises GradingError where the checks themselves cannot be collected.
    """
    manifest = load_manifest(project.manifest)
    host = open_host(project)  # gets ready while the checks are collected
    try:
        if official:
            hide_from_others()
            if not allow_weak_isolation:
                require_isolation(host)
        judge = make_judge(project, manifest, official=official, questions=questions)
        yield from _grade_all(judge, host, project, submissions, seed)
    finally:
        host.close()


def _grade_all(
    judge: Judge, host: hosts.Host, project: Project, submissions: Iterable[Submission], seed: int
) -> list[Graded]:
    graded: list[Graded] = []

    def grade_each(rerun: Rerun) -> None:
        for submission in submissions:
            graded.append(grade_one(judge, rerun, host, project, submission, seed))

    run_checks(project, judge, grade_each)
    return graded


def grade_one(
    judge: Judge,
    rerun: Rerun,
    host: hosts.Host,
    project: Project,
    submission: Submission,
    seed: int,
) -> Graded:
    """Grade one submission with checks that are collected already."""
    started = time.perf_counter()
    process = StudentProcess(submission.files, project.assignment, judge.manifest.limits, host)
    try:
        judge.begin(process, seed)
        rerun()
        judge.finish()
    finally:
        process.close()
    layers: tuple[str, ...] = ()
    with contextlib.suppress(hosts.ProcessUnavailable):  # every check says so
        layers = host.layers
    return count(judge, submission, layers, time.perf_counter() - started)


def count(
    judge: Judge, submission: Submission, isolation: tuple[str, ...], seconds: float
) -> Graded:
    """The result of a submission whose checks have been judged."""
    manifest = judge.manifest
    questions = count_questions(judge)
    regular = [question for question in questions if not question.bonus]
    bonus = [question for question in questions if question.bonus]
    outcomes = list(judge.outcomes.values())
    output = "".join(outcome.printed for outcome in outcomes)
    if judge.source.hidden and output:  # inputs can be printed
        output = manifest.say("printed_hidden")
    if submission.refused:
        output = manifest.say("unreadable", why=submission.refused)
    result = Result(
        assignment=manifest.name,
        version=__version__,
        mode=OFFICIAL if judge.source.hidden else PRACTICE,
        submission=SubmissionInfo(submission.id, submission.digest),
        graded_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        seconds=round(seconds, 4),
        isolation=list(isolation),
        score=add_points([question.score for question in regular]),
        max_score=float(sum(question.max_score for question in regular)),
        bonus=add_points([question.score for question in bonus]),
        max_bonus=float(sum(question.max_score for question in bonus)),
        questions=questions,
        environment=this_environment(),
        output=printable(output),
    )
    return Graded(result, submission, outcomes)
