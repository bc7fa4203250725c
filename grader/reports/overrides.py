"""Scores that persons have given: what one changed, and a list of all, for a terminal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from grader.classroom.grades import Grade
from grader.reports.corrections import Override
from grader.reports.plain import one_line, sided, wrapped

NOT_USED = "Not used: the attempt that counts has no such question."


def change_to_text(before: Grade, after: Grade, question: str = "") -> Iterator[str]:
    """What a correction did: the question, the final score, and how that comes about."""
    yield from wrapped(one_line(_who(after)))
    if question:
        told = _turn(before.questions.get(question), after.questions.get(question))
        yield from wrapped(f"{question}: {told}", 2, hanging=2)
    if before.bonus != after.bonus:
        yield from wrapped(f"Bonus: {_turn(before.bonus, after.bonus)}", 2, hanging=2)
    told = f"Final score: {_total(before)} before, {_total(after)} now."
    yield from wrapped(told, 2, hanging=2)
    if question and any(not override.question for override in after.overrides):
        yield from wrapped("A person gave the total, so a question no longer changes it.", 2)
    yield from ("", "How it comes about")
    for step in after.reasons:
        yield from wrapped(one_line(step), 2, hanging=2)


def list_to_text(
    given: Sequence[tuple[Grade, Iterable[sqlite3.Row]]], zone: tzinfo
) -> Iterator[str]:
    """Every correction with who made it, when and why, by student; the last one counts."""
    if not given:
        yield "No score has been given by a person."
        return
    for number, (grade, rows) in enumerate(given):
        if number:
            yield ""
        yield sided(_who(grade), f"final score {_total(grade)}")
        for row in rows:
            override = Override(row["score"], row["author"], row["reason"], row["question"])
            what = override.question or "Total"
            when = _moment(row["made_at"], zone)
            said = f"{what}: {override.score:g}, given by {override.author} on {when}"
            yield from wrapped(one_line(said), 2, hanging=2)
            yield from wrapped(one_line(override.reason), 4)
            if override not in grade.overrides:
                yield from wrapped(NOT_USED, 4)


def _who(grade: Grade) -> str:
    name = grade.student.name
    return grade.student.id + (f" ({name})" if name else "")


def _turn(before: float | None, after: float | None) -> str:
    return f"{_points(before)} before, {_points(after)} now."


def _total(grade: Grade) -> str:
    if grade.total is None and grade.attempt is None:
        return "none"
    return _points(grade.total)


def _points(score: float | None) -> str:
    return "withheld" if score is None else f"{score:g}"


def _moment(text: str, zone: tzinfo) -> str:
    """When, on the course's clocks; as it is kept, where that is no moment."""
    try:
        return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
    except ValueError:
        return text
