"""The appeal sheet: how a verdict was reached, and whether it is reached again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from grader.classroom.replaying import CheckReplay, Part, Replay
from grader.manifest import Manifest
from grader.reports.plain import labelled, one_line, sided, wrapped
from grader.results import Status

ENVIRONMENT = {"python": "Python", "numpy": "NumPy", "blas": "BLAS", "platform": ""}

SHORT = 48  # digits of a long number, where there are several
NEWLINE = "\n"
NAMED = 3  # questions, before the most of them are "the others"


@dataclass(frozen=True)
class CheckLine:
    """A check on the sheet."""

    name: str
    status: str
    points: str
    title: str
    texts: tuple[str, ...] = ()  # the message, the diagnosis
    differs: str = ""  # what it is now, if it is something else

    @property
    def plain(self) -> bool:
        """Whether there is nothing to say but that it passed."""
        return self.status == Status.PASSED and not self.texts and not self.differs


@dataclass(frozen=True)
class QuestionLines:
    """A question on the sheet."""

    title: str
    points: str
    checks: tuple[CheckLine, ...]


@dataclass(frozen=True)
class Sheet:
    """All that an appeal sheet says, for any format; the texts are as students chose them."""

    title: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]  # label, lines
    verdict: str
    same: bool
    questions: tuple[QuestionLines, ...]
    steps: tuple[str, ...]  # from what was measured to the grade
    final: str


def sheet_of(replay: Replay, manifest: Manifest, zone: tzinfo) -> Sheet:
    """The sheet of a replayed attempt; times are shown on the clocks of `zone`, too."""
    attempt, grade = replay.attempt, replay.grade
    by_question = {q["name"]: q for q in attempt.result["questions"]}
    questions = []
    for name, question in by_question.items():
        checks = [check for check in replay.checks if check.question == name]
        title = f"{name}: {question['title']}" + (" (bonus)" if question["bonus"] else "")
        points = _of(question["score"], question["max_score"])
        questions.append(QuestionLines(title, points, tuple(map(_check, checks))))
    measured = f"Measured: {_of(attempt.score, attempt.max_score)} points"
    if attempt.max_bonus:
        measured += f", and {_of(attempt.bonus, attempt.max_bonus)} of the bonus"
    steps = [measured + "."]
    if not replay.counts:
        steps.append("This is not the attempt that counts; the grade comes from another one:")
    steps += grade.reasons
    final = "withheld" if grade.total is None else f"{grade.total:g}"
    if grade.bonus:
        final += f", bonus {grade.bonus:g}"
    return Sheet(
        f"{manifest.title}: appeal sheet",
        tuple(_facts(replay, zone)),
        _said(replay),
        not replay.different,
        tuple(questions),
        tuple(steps),
        final,
    )


def _facts(replay: Replay, zone: tzinfo) -> Iterator[tuple[str, tuple[str, ...]]]:
    attempt, student = replay.attempt, replay.grade.student
    who = [student.id + (f" ({student.name})" if student.name else "")]
    who += [student.email] * bool(student.email)
    who += [f"team {student.team}"] * bool(student.team)
    yield "student", (", ".join(who),)
    moment, when = "at a time that is not known", replay.delivery.submitted_at
    if when:
        moment = datetime.fromisoformat(when).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    yield "handed in", (f"{moment}, as {replay.delivery.source}",)
    yield "digest", (_digits(attempt.submission),)
    number = replay.runs.index(attempt.run) + 1
    counts = "it counts" if replay.counts else "it does not count"
    yield (
        "attempt",
        (
            f"{number} of {len(replay.runs)} at this submission, {attempt.graded_at}; {counts}",
            *(
                f"run {part.run.number}, {part.run.reason}: {_what(replay, part)}"
                for part in replay.parts
            ),
        ),
    )
    yield "seed", tuple(_each(replay, lambda part: str(part.run.seed)))
    digests = _each(replay, lambda part: _digits(part.run.grader))
    now = "the same now"
    if any(part.run.grader != replay.grader for part in replay.parts):
        now = f"now: {_digits(replay.grader)[:SHORT]}..."
    yield "grader", (*digests, now)
    yield "environment", tuple(_environments(replay))
    then, now = ", ".join(attempt.result["isolation"]), ", ".join(replay.isolation)
    yield "isolation", (then or "none", "the same now" if then == now else f"now: {now or 'none'}")


def _what(replay: Replay, part: Part) -> str:
    """The questions of a part; of the largest, that it is the rest."""
    if len(replay.parts) == 1:
        return "every question"
    if len(part.questions) == max(len(one.questions) for one in replay.parts) > NAMED:
        return f"the other {len(part.questions)} questions"
    return ", ".join(part.questions)


def _each(replay: Replay, say: Callable[[Part], str]) -> Iterator[str]:
    """What is true of each part; of several, with the run and no more than fits on a line."""
    if len(replay.parts) == 1:
        yield say(replay.parts[0])
        return
    for part in replay.parts:
        said = say(part)
        short = said if len(said) <= SHORT else f"{said[:SHORT]}..."
        yield f"run {part.run.number}: {short}"


def _digits(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _environments(replay: Replay) -> Iterator[str]:
    now = _environment(replay.environment)
    yield from dict.fromkeys(_environment(part.environment) for part in replay.parts)
    if any(_environment(part.environment) != now for part in replay.parts):
        yield f"now: {now}"
    else:
        yield "the same now"


def _environment(tools: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} {tools[key]}".strip() for key, name in ENVIRONMENT.items() if tools.get(key)
    )


def _said(replay: Replay) -> str:
    different, count = replay.different, len(replay.checks)
    if not different:
        worded = sum(_message(check.then) != _message(check.now) for check in replay.checks)
        said = f"Graded again with the same files and inputs, all {count} checks say the same."
        return said + (f" {worded} of them say it in other words." if worded else "")
    reasons = []
    if any(part.run.grader != replay.grader for part in replay.parts):
        reasons.append("the grader")
    for key, tool in (("numpy", "NumPy"), ("python", "Python"), ("blas", "the BLAS")):
        if any(part.environment.get(key) != replay.environment.get(key) for part in replay.parts):
            reasons.append(tool)
    why = "Neither the grader nor the environment has changed since: please report it."
    if reasons:
        why = f"What has changed since: {', '.join(reasons)}."
    return f"Graded again, {len(different)} of {count} checks DIFFER. {why}"


def _check(check: CheckReplay) -> CheckLine:
    shown = check.then or check.now or {}
    texts = [] if check.then is None else [_message(check.then)]
    texts += [shown["diagnosis"]["text"]] if check.then and shown["diagnosis"] else []
    texts += shown["notes"] if check.then else []
    differs = ""
    if not check.same:
        differs = "not there any more"
        if check.now is not None:
            mistake = (check.now["diagnosis"] or {}).get("id", "")
            differs = f"{check.now['status']}, {_of(check.now['score'], check.now['max_score'])}"
            differs += f", {mistake}" if mistake else ""
    status = check.then["status"] if check.then else "not there then"
    points = _of(shown["score"], shown["max_score"]) if check.then else ""
    told = tuple(filter(None, texts))
    return CheckLine(check.name, status, points, shown["title"], told, differs)


def _message(check: Mapping[str, Any] | None) -> str:
    return str(check["message"]) if check else ""


def _of(score: float | None, most: float) -> str:
    return f"{'withheld' if score is None else format(score, 'g')}/{most:g}"


def to_text(sheet: Sheet) -> Iterator[str]:
    """The sheet as lines of at most 80 columns."""
    yield from wrapped(one_line(sheet.title))
    yield "=" * min(len(one_line(sheet.title)), 80)
    for label, lines in sheet.facts:
        for i, line in enumerate(lines):
            yield from labelled("" if i else label, one_line(line))
    yield from ("", *wrapped(sheet.verdict), "")
    for question in sheet.questions:
        yield sided(question.title, question.points)
        told: set[str] = set()
        yield from _passed(question)
        for check in question.checks:
            if check.plain:
                continue
            yield sided(f"{check.status:10} {one_line(check.title)}", check.points, 2)
            for text in check.texts:
                again = text in told and "\n" in text
                yield from wrapped(
                    f"{text.partition(NEWLINE)[0]} (as above)" if again else text, 13
                )
                told.add(text)
            if check.differs:
                yield from wrapped(f"NOW: {check.differs}", 13)
        yield ""
    for step in sheet.steps:
        yield from wrapped(one_line(step), hanging=2)
    yield f"Final score: {sheet.final}"


def _passed(question: QuestionLines) -> Iterator[str]:
    """The checks that passed, in few lines: those that failed are what a sheet is read for."""
    names = [
        f"{check.name} {check.points.partition('/')[0]}" for check in question.checks if check.plain
    ]
    if names:
        yield from wrapped(f"{'passed':10} {', '.join(names)}", 2, hanging=11)
