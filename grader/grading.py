"""Grading submissions: collect the checks once, run them for each submission, count the points."""

from __future__ import annotations

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
from grader.student.process import StudentProcess
from grader.submission import Submission

PRACTICE, OFFICIAL = "practice", "official"
HARDENED = ("process", "rlimits", "landlock", "seccomp")  # what official grading wants to stand on


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
) -> Iterator[Graded]:
    """Grade submissions one after another.

    official: use the live oracle and inputs drawn from `seed`; needs `solutions/`.
    questions: grade only these (and run what they need); default all.
    Raises GradingError where the checks themselves cannot be collected.
    """
    manifest = load_manifest(project.manifest)
    judge = make_judge(project, manifest, official=official, questions=questions)
    graded: list[Graded] = []

    def grade_each(rerun: Rerun) -> None:
        for submission in submissions:
            started = time.perf_counter()
            process = start_process(project, manifest, submission)
            try:
                judge.begin(process, seed)
                rerun()
                judge.finish()
            finally:
                process.close()
            seconds = time.perf_counter() - started
            graded.append(count(judge, submission, process.isolation, seconds))

    run_checks(project, judge, grade_each)
    yield from graded


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
