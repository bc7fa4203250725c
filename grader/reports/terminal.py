"""The report in a terminal: every question at a glance, then what to fix first and why.

At most 80 columns. Colour supports what the words already say, and a terminal that cannot show the
bars' glyphs gets plain ASCII.
"""

from __future__ import annotations

import os
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from grader.counting import printable
from grader.grading import OFFICIAL, Graded
from grader.manifest import Manifest
from grader.outcomes import Outcome
from grader.patterns import PATTERN
from grader.results import QuestionResult, Status
from grader.student.inside.confinement import lacking_layers

WIDTH = 80
BAR = 10
EIGHTHS = " ▏▎▍▌▋▊▉"
ASCII = str.maketrans({"█": "#", "░": ".", "·": "-", **dict.fromkeys(EIGHTHS[1:], "#")})
UNSTARTED = (Status.MISSING, Status.BLOCKED)
MAX_NOTES = 8
MAX_PRINTED = 10  # lines of what the student's code printed
COLOUR_FORCED = ("FORCE_COLOR", "TTY_COMPATIBLE")  # what rich heeds


@dataclass(frozen=True)
class Text:
    """One line and the style it is best shown in: plain, title, good, bad or dim."""

    text: str
    style: str = "plain"


def write_report(
    graded: Graded, manifest: Manifest, *, rerun: str, seed: int | None = None
) -> None:
    """Print the report to standard output; `rerun` is the command that grades one question."""
    show(list(report(graded, manifest, rerun=rerun, seed=seed)))


def report(
    graded: Graded, manifest: Manifest, *, rerun: str, seed: int | None = None
) -> Iterator[Text]:
    """The lines of the report."""
    result = graded.result
    yield from _wrapped(_headline(graded, manifest), indent="", style="title")
    if graded.submission.refused:
        yield from _wrapped(result.output, style="bad")
    if seed is not None:
        yield Text(f"seed {seed}", "dim")
    yield Text("")
    width = max(len(question.name) for question in result.questions)
    trouble = [question for question in result.questions if _failing(graded, question)]
    for question in result.questions:
        yield _question_line(graded, manifest, question, width, trouble[:1] == [question])
    total = f"{_points(result.score)}/{_points(result.max_score)}"
    if result.max_bonus:
        total += f"  +{_points(result.bonus)}"
    yield Text(f"  {'':{width}}  {'':{BAR}}  {total:>7}", "title")
    yield Text("")
    for question in trouble:
        yield from _explanation(graded, manifest, question, rerun, first=question is trouble[0])
    if not trouble:
        yield from _next_step(graded, manifest)
    yield from _notes(graded, manifest)
    if result.errors:
        yield from _wrapped(manifest.say("withheld", count=len(result.errors)), style="bad")
    missing = lacking_layers(result.isolation)
    if result.mode == OFFICIAL and missing:
        layers = {"active": ", ".join(result.isolation), "missing": ", ".join(missing)}
        yield from _wrapped(manifest.say("weak_isolation", **layers), style="dim")


def show(lines: list[Text], stream: TextIO | None = None) -> None:
    """Print lines, with colour where the terminal has it and glyphs where its encoding has them."""
    stream = stream or sys.stdout
    text = "\n".join(line.text.rstrip() for line in lines)
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        lines = [Text(_ascii(line.text, stream.encoding or "ascii"), line.style) for line in lines]
    if not _may_be_coloured(stream):
        _write(lines, stream)
        return
    try:
        from rich.console import Console
        from rich.text import Text as RichText
    except ImportError:  # an offline machine with numpy and pytest only
        _write(lines, stream)
        return
    styles = {"title": "bold", "good": "green", "bad": "red", "dim": "dim", "plain": ""}
    console = Console(file=stream, highlight=False, soft_wrap=True)
    for line in lines:
        console.print(RichText(line.text.rstrip(), style=styles[line.style]))


def _may_be_coloured(stream: TextIO) -> bool:
    """Whether to ask rich, which takes long to load and leaves a file or a pipe without colour."""
    return stream.isatty() or any(os.environ.get(name) for name in COLOUR_FORCED)


def _write(lines: list[Text], stream: TextIO) -> None:
    stream.write("".join(f"{line.text.rstrip()}\n" for line in lines))
    stream.flush()  # before anything that is written past it, as rich does


def _headline(graded: Graded, manifest: Manifest) -> str:
    head = f"{manifest.title} · {graded.result.mode} · {graded.submission.path}"
    saved = {f: t for f, t in graded.submission.saved_at.items() if f in manifest.files}
    if not saved:
        return head
    file = max(saved, key=lambda name: saved[name])
    return f"{head} ({manifest.say('saved', file=file, age=age(saved[file]))})"


def _question_line(
    graded: Graded, manifest: Manifest, question: QuestionResult, width: int, first: bool
) -> Text:
    share = (question.score or 0.0) / question.max_score
    points = f"{_points(question.score)}/{_points(question.max_score)}"
    line = f"  {question.name:{width}}  {_bar(share)}  {points:>7}"
    style, remark = ("good", "") if share == 1.0 else ("plain", "")
    if first:
        style, remark = "bad", manifest.say("fix_first")
    elif _failing(graded, question):
        style = "bad"
    elif any(check.status is Status.MISSING for check in question.checks):
        remark = manifest.say("not_started")
    elif any(check.status is Status.BLOCKED for check in question.checks):
        outcomes = [o for o in graded.outcomes if o.spec.question == question.name]
        names = list(dict.fromkeys(name for o in outcomes for name in o.waits_for))
        remark = manifest.say("waiting_for", questions=", ".join(names))
    return Text(_cut(f"{line}  {remark}"), style)


def _failing(graded: Graded, question: QuestionResult) -> list[Outcome]:
    """What is wrong in a question, as opposed to not there yet."""
    return [
        outcome
        for outcome in graded.outcomes
        if outcome.spec.question == question.name
        and outcome.status is not Status.PASSED
        and outcome.status not in UNSTARTED
    ]


def _explanation(
    graded: Graded, manifest: Manifest, question: QuestionResult, rerun: str, *, first: bool
) -> Iterator[Text]:
    failing = _failing(graded, question)
    # A check whose mistake is known says more than the first that failed.
    told = next((outcome for outcome in failing if outcome.diagnosis), failing[0])
    yield from _wrapped(
        f"{question.name}: {_lower_first(told.spec.title)}", indent="", style="title"
    )
    yield from _wrapped(told.message)
    if told.diagnosis is not None:
        yield from _wrapped(told.diagnosis.text, style="good")
    if first and (told.diagnosis is None or told.diagnosis.id.startswith(PATTERN)):
        yield from _wrapped(manifest.question(question.name).hint)
    if told.printed.strip() and graded.result.mode != OFFICIAL:
        yield Text(f"  {manifest.say('printed')}", "dim")
        for line in told.printed.strip().splitlines()[:MAX_PRINTED]:
            yield Text(_cut(f"    {printable(line)}"), "dim")
    others = [outcome.spec.name.replace("_", " ") for outcome in failing if outcome is not told]
    if others:
        yield from _wrapped(manifest.say("also", checks=", ".join(others)), style="dim")
    if first:
        command = f"{rerun}{question.name}:{told.spec.name}"
        yield Text("  " + manifest.say("again", command=command), "dim")
    yield Text("")


def _notes(graded: Graded, manifest: Manifest) -> Iterator[Text]:
    """Remarks that take nothing off, each once."""
    notes = [note for outcome in graded.outcomes for note in outcome.notes]
    for note in list(dict.fromkeys(notes))[:MAX_NOTES]:
        yield from _wrapped(manifest.say("note", text=note), indent="", style="dim")


def _next_step(graded: Graded, manifest: Manifest) -> Iterator[Text]:
    for outcome in graded.outcomes:
        if outcome.status is Status.MISSING:
            question = manifest.question(outcome.spec.question)
            if question.functions and question.name in {q.name for q in graded.result.questions}:
                function = question.functions[0]
                where = str(graded.submission.path / function.file)
                step = manifest.say("first_step", function=function.name, file=where)
                yield from _wrapped(step, indent="")
                return
    if graded.result.score == graded.result.max_score:
        yield Text(manifest.say("all_done"), "good")


def _wrapped(text: str, *, indent: str = "  ", style: str = "plain") -> Iterator[Text]:
    for line in text.split("\n"):
        yield from (
            Text(part, style)
            for part in textwrap.wrap(
                printable(line),
                WIDTH,
                initial_indent=indent,
                subsequent_indent=indent,
                break_on_hyphens=False,
            )
        )


def _bar(share: float) -> str:
    eighths = int(share * BAR * 8)
    full, part = divmod(eighths, 8)
    bar = "█" * full + (EIGHTHS[part] if part else "")
    return bar + "░" * (BAR - len(bar))


def _points(points: float | None) -> str:
    return "?" if points is None else f"{points:g}"


def age(moment: float) -> str:
    """How long ago something was, in seconds since the epoch, for a sentence."""
    seconds = time.time() - moment
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (unit != "days" and seconds >= size):
            return f"{int(seconds // size)} {unit}"
    return f"{max(int(seconds), 0)} s"


def _cut(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 3] + "..."


def _lower_first(title: str) -> str:
    """A sentence after a colon; a name like `dW` or an acronym keeps its capitals."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _ascii(text: str, encoding: str) -> str:
    return text.translate(ASCII).encode(encoding, "replace").decode(encoding)
