"""Grading a class: deliveries into the gradebook, what is not yet graded to the workers, and back.

Every result is one transaction, so that a run may be killed at any moment: the next one goes on
with the same seed and grades nothing twice.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from grader.classroom.database import GradebookError
from grader.classroom.gradebook import Gradebook
from grader.classroom.handed_in import Found
from grader.classroom.pool import WorkerLost, grade_here
from grader.classroom.records import Attempt, Delivery, Run, Student
from grader.classroom.worker import Done, Setup, Task
from grader.intake.names import shown
from grader.labs.answers import answers_in
from grader.manual import ManualQuestion
from grader.project import Project
from grader.sentences import Sentence
from grader.submission import Submission

STOPPED = {"timeout", "memory"}  # statuses of what had to be stopped
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # in zips, so that the same files make the same bytes


@dataclass
class Tally:
    """How a run is going."""

    total: int = 0
    graded: int = 0
    full: int = 0
    stopped: int = 0
    withheld: list[str] = field(default_factory=list)  # the grader failed: no score
    lost: list[str] = field(default_factory=list)  # it ended the worker, and has no attempt

    @property
    def partial(self) -> int:
        """Graded, with less than full marks."""
        return self.graded - self.full - len(self.withheld)


Progress = Callable[[Tally], None]
Workers = Callable[[Setup, Iterable[Task]], Generator[Done | WorkerLost]]


def take_in(
    gradebook: Gradebook, found: Iterable[Found], asked: Sequence[ManualQuestion] = ()
) -> list[str]:
    """Keep who handed in what, in the gradebook; what of it could not be read, in sentences.

    asked: the questions in the labs, whose answers are kept, too
    """
    notes: list[str] = []
    known = {student.id: student for student in gradebook.students()}
    for one in found:
        submission = one.read()
        before = known.get(one.student, Student(one.student))
        identifiers = {**dict(one.identifiers), **dict(before.details)}
        email = before.email or identifiers.pop("email", "")
        student = replace(before, name=before.name or one.name, email=email, details=identifiers)
        if student != before or one.student not in known:
            gradebook.add_students([student])
            known[one.student] = student
        time = one.submitted_at.isoformat() if one.submitted_at is not None else None
        gradebook.add_delivery(
            Delivery(one.student, digest_of(submission), one.source or one.path.name, time),
            pack(submission.files),
            _refused_to_text(submission.refused),
        )
        if asked and submission.refused is None:
            notes += _take_answers(gradebook, one, time, asked)
    return notes


def _take_answers(
    gradebook: Gradebook, one: Found, time: str | None, asked: Sequence[ManualQuestion]
) -> Iterator[str]:
    notebooks, refused = one.notebooks()
    answers, unreadable = answers_in(notebooks, asked)
    source = one.source or one.path.name
    gradebook.add_answers(one.student, source, time, answers)
    if refused is not None:
        told = str(refused.values.get("name", "")) or source
        yield f"{shown(one.student)}: no notebook was read, for {shown(told)} cannot be taken"
    for name in unreadable:
        yield f"{shown(one.student)}: {shown(name)} is not a notebook as Jupyter saves it"


def grade_all(
    project: Project,
    gradebook: Gradebook,
    *,
    seed: int,
    workers: int | Workers,
    allow_weak_isolation: bool = False,
    progress: Progress = lambda tally: None,
) -> tuple[Run | None, Tally]:
    """Grade every delivery that this grader has not graded yet; an unfinished run is gone on with.

    seed: of a new run; one that is gone on with keeps its own.
    workers: how many processes of this machine, or what else grades tasks.
    """
    run, left = gradebook.join_run(
        grader_digest(project), seed, "grade", now(), gradebook.deliveries()
    )
    tally = Tally(total=len(left))
    progress(tally)
    if run is not None:
        setup = Setup(str(project.root.resolve()), run.seed, (), allow_weak_isolation)
        grade_in(gradebook, run, setup, left, workers, tally, progress)
        finish(gradebook, run, tally)
    return run, tally


def grade_in(
    gradebook: Gradebook,
    run: Run,
    setup: Setup,
    deliveries: Sequence[Delivery],
    workers: int | Workers,
    tally: Tally,
    progress: Progress,
    complete: Callable[[Attempt], Attempt] = lambda attempt: attempt,
) -> None:
    """Grade deliveries as part of a run; each is kept as soon as it is there.

    complete: makes a whole attempt of one that has some questions only
    """
    if not deliveries:
        return  # and no worker need be started
    tasks = _tasks(gradebook, run, deliveries, tally)
    results = (
        grade_here(setup, tasks, workers) if isinstance(workers, int) else workers(setup, tasks)
    )
    with contextlib.closing(results):  # stops what is running, too, when this is interrupted
        for result in results:
            if isinstance(result, WorkerLost):
                tally.lost.append(str(result))
                continue
            attempt = complete(_attempt(result, run))
            if gradebook.add_attempt(attempt):
                _count(tally, attempt.result, attempt.student)
            else:
                tally.total -= 1
            progress(tally)


def finish(gradebook: Gradebook, run: Run, tally: Tally) -> None:
    """End a run, unless a worker was lost: then the same command tries those again."""
    if tally.lost:
        return
    gradebook.finish_run(run, now())


def _tasks(
    gradebook: Gradebook, run: Run, deliveries: Iterable[Delivery], tally: Tally
) -> Iterator[Task]:
    for delivery in deliveries:
        if gradebook.has_attempt(run, delivery):  # another process was quicker
            tally.total -= 1
            continue
        yield task_of(gradebook, delivery.student, delivery.submission)


def task_of(gradebook: Gradebook, student: str, submission: str) -> Task:
    """What a student handed in, to be graded as it was."""
    content, refused = gradebook.content(submission)
    try:
        return Task(student, submission, unpack(content), _refused_from_text(refused))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise GradebookError(
            f"{gradebook.path} is damaged: what {shown(student)} has handed in cannot be read "
            f"from it ({error}). Restore a copy, or grade the folder into another file."
        ) from error


def _attempt(done: Done, run: Run) -> Attempt:
    result = dict(done.result)
    graded_at, seconds = result.pop("graded_at"), result.pop("seconds")
    environment = result.pop("environment")
    # Who handed in the same files has the same result.
    result["submission"] = {**result["submission"], "digest": done.submission}
    return Attempt(
        done.student,
        done.submission,
        run.grader,
        run.number,
        result["score"],
        result["max_score"],
        result["bonus"],
        result["max_bonus"],
        result,
        environment,
        graded_at,
        seconds,
    )


def _count(tally: Tally, result: Mapping[str, Any], student: str) -> None:
    tally.graded += 1
    if result["score"] is None:
        tally.withheld.append(student)
    elif result["score"] >= result["max_score"]:
        tally.full += 1
    statuses = {check["status"] for q in result["questions"] for check in q["checks"]}
    tally.stopped += bool(statuses & STOPPED)


def grader_digest(project: Project) -> str:
    """A digest of all that a verdict depends on, the packages apart."""
    total = hashlib.sha256()
    for folder in (project.assignment, project.solutions, project.root / "grader"):
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".toml") and path.is_file():
                name = path.relative_to(project.root).as_posix().encode()
                for part in (name, path.read_bytes()):
                    total.update(len(part).to_bytes(8, "big") + part)
    return f"sha256:{total.hexdigest()}"


def digest_of(submission: Submission) -> str:
    """The submission's digest; of one that was refused, that of the reason."""
    if submission.refused is None:
        return submission.digest
    text = _refused_to_text(submission.refused).encode()
    return f"sha256:{hashlib.sha256(text).hexdigest()}"


def pack(files: dict[str, bytes]) -> bytes:
    """The files as a zip, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, LONG_AGO), files[name], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, bytes]:
    """The files in a zip that `pack` has made."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _refused_to_text(refused: Sentence | None) -> str:
    return json.dumps([refused.key, dict(refused.values)], sort_keys=True) if refused else ""


def _refused_from_text(text: str) -> Sentence | None:
    """Why a submission could not be read, as the gradebook keeps it."""
    return Sentence(*json.loads(text)) if text else None


def now() -> str:
    """The time, in UTC, as the gradebook keeps it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
