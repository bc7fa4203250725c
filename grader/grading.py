"""Grading submissions: collect the checks once, run them for each submission, count the points."""

from __future__ import annotations

import contextlib
import datetime
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from grader import __version__
from grader.counting import count_questions, printable
from grader.diagnose import LiveMistakes, RecordedMistakes
from grader.hosting import open_host
from grader.judging import Judge
from grader.manifest import Manifest, load_manifest
from grader.outcomes import Outcome
from grader.project import Project
from grader.reference import load_solutions
from grader.results import ManualScore, Result, SubmissionInfo, add_points, this_environment
from grader.running import Rerun, run_checks
from grader.sources import LiveSource, RecordedSource
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
    from grader.answers import load_variants, load_wrong_answers

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
    manifest: Manifest | None = None,
) -> Iterator[Graded]:
    """Grade submissions one after another.

    official: use the live oracle and inputs drawn from `seed`; needs `solutions/`, and
        `WeakIsolation` is raised where student code could read files or use the network, unless
        `allow_weak_isolation`.
    questions: grade only these (and run what they need); default all.
    manifest: the project's, where it has been read already.
    Raises GradingError where the checks themselves cannot be collected.
    """
    with Session(
        project,
        official=official,
        questions=questions,
        allow_weak_isolation=allow_weak_isolation,
        manifest=manifest,
    ) as session:
        for submission in submissions:
            yield session.grade(submission, seed)


class Session:
    """The checks, collected once, and a host: grades one submission after another.

    pytest keeps the thread that collects checks until it is done with them, so they have a thread
    of their own. Raises GradingError where the checks cannot be collected, and, in official mode,
    `WeakIsolation`; options as for `grade`.
    """

    def __init__(
        self,
        project: Project,
        *,
        official: bool = False,
        questions: tuple[str, ...] = (),
        allow_weak_isolation: bool = False,
        manifest: Manifest | None = None,
    ) -> None:
        self.project = project
        self.manifest = manifest or load_manifest(project.manifest)
        self.host = open_host(project)  # gets ready while the checks are collected
        self._asked: queue.SimpleQueue[tuple[Submission, int] | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Graded | BaseException] = queue.SimpleQueue()
        self._failed: BaseException | None = None  # after which nothing can be graded
        try:
            if official:
                hide_from_others()
                if not allow_weak_isolation:
                    require_isolation(self.host)
            self.judge = make_judge(project, self.manifest, official=official, questions=questions)
        except BaseException:
            self.host.close()
            raise
        self._thread = threading.Thread(target=self._run, name="checks", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def grade(self, submission: Submission, seed: int = 0) -> Graded:
        """Grade one submission; `seed` is for the inputs of official mode."""
        if self._failed is None:
            self._asked.put((submission, seed))
            answer = self._answers.get()
            if isinstance(answer, Graded):
                return answer
            self._failed = answer
        raise self._failed

    def close(self) -> None:
        """End the student process and the thread."""
        self._asked.put(None)
        self.host.close()  # ends a grading that is still going on, too
        self._thread.join()

    def _run(self) -> None:
        try:
            run_checks(self.project, self.judge, self._grade_each)
        except BaseException as error:
            self._answers.put(error)

    def _grade_each(self, rerun: Rerun) -> None:
        while (asked := self._asked.get()) is not None:
            submission, seed = asked
            self._answers.put(
                grade_one(self.judge, rerun, self.host, self.project, submission, seed)
            )


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
    limits = judge.manifest.limits
    process = StudentProcess(submission.files, project.assignment, limits, host, seed)
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
        manual=[ManualScore(one.name, None, float(one.points)) for one in manifest.manual],
        output=printable(output),
    )
    return Graded(result, submission, outcomes)
