"""The part of a page about one question: its points, and every check with what it found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.manifest import Manifest
from grader.reports.html.markup import Html, clean, el, lines
from grader.reports.html.page import SIGNS, bar, points, share_of
from grader.reports.html.pictures import Pictures
from grader.results import Status

UNSTARTED = (Status.MISSING, Status.BLOCKED)
SMALL = re.compile(r"([0-9.]+e-[0-9]+)")
Plain = Mapping[str, Any]


def failing(question: Plain) -> list[Plain]:
    """What is wrong in a question, as opposed to not there yet."""
    fine = (Status.PASSED, *UNSTARTED)
    return [check for check in question["checks"] if check["status"] not in fine]


def mistaken(question: Plain) -> bool:
    """Whether something is wrong that is the student's to mend, and not the grader's."""
    return any(check["status"] != Status.ERROR for check in failing(question))


def telling(question: Plain) -> Plain:
    """The failing check that says most: one whose mistake is known, or else the first."""
    wrong = sorted(failing(question), key=lambda check: check["status"] == Status.ERROR)
    return next((check for check in wrong if check["diagnosis"]), wrong[0])


def question_row(manifest: Manifest, question: Plain, pictures: Pictures, *, first: bool) -> Html:
    """A question folded up, but for the one to fix first, whose picture is shown above."""
    checks = question["checks"]
    wrong = failing(question)
    passed = sum(check["status"] == Status.PASSED for check in checks)
    state = manifest.say("page_counts", passed=passed, count=len(checks))
    if not wrong and any(check["status"] == Status.MISSING for check in checks):
        state = manifest.say("not_started")
    elif not wrong and not passed and checks:
        state = clean(checks[0]["message"])  # what it waits for
    share = share_of(question["score"], question["max_score"])
    number = f"{points(question['score'])}/{points(question['max_score'])}"
    told = telling(question) if wrong else None
    if told is not None and told["diagnosis"]:
        state += f". {told['diagnosis']['text'].partition(chr(10))[0]}"
    shown = [] if first or not told else pictures.get((question["name"], told["name"]), [])
    lesson = ""  # the same one under check after check is read once
    items = []
    for check in checks:
        diagnosis = check["diagnosis"]["text"] if check["diagnosis"] else ""
        again = bool(lesson) and diagnosis == lesson
        lesson = diagnosis or lesson
        drawn = shown if check is told else []
        items.append(_check(manifest, check, drawn, again=again))
    bonus = el("span", f" · {manifest.say('page_is_bonus')}", class_="soft")
    summary = el(
        "summary",
        el("h3", question["title"], bonus if question["bonus"] else None),
        bar(share, "good" if share == 1.0 else ""),
        el("span", number, class_="num"),
        el("p", state, class_="state"),
    )
    body = el("ul", items, class_="checks")
    return el("li", el("details", summary, body, open=first))


def _check(manifest: Manifest, check: Plain, pictures: list[Html], *, again: bool) -> Html:
    status = Status(check["status"])
    style = {Status.PASSED: "good", Status.MISSING: "soft", Status.BLOCKED: "soft"}.get(
        status, "bad"
    )
    notes = [el("p", manifest.say("note", text=note), class_="note") for note in check["notes"]]
    told = check["message"] and status not in (Status.PASSED, Status.MISSING)
    return el(
        "li",
        el(
            "span",
            el("span", SIGNS[status], aria_hidden="true"),
            manifest.say(f"status_{status}"),
            class_=f"status {style}",
        ),
        el(
            "div",
            check["title"],
            None if again else diagnosis_of(check),
            message_of(check) if told else None,
            pictures,
            notes,
        ),
        el("span", f"{points(check['score'])}/{points(check['max_score'])}", class_="num soft"),
    )


def diagnosis_of(check: Plain) -> Html | None:
    if not check["diagnosis"]:
        return None
    return el("div", lines(check["diagnosis"]["text"]), class_="lesson")


def message_of(check: Plain) -> Html:
    """What was measured; a number like 1e-07 stays on one line."""
    return el(
        "div",
        [
            el("p", [el("span", p, class_="num") if i % 2 else p for i, p in enumerate(parts)])
            for parts in map(SMALL.split, clean(check["message"]).split("\n"))
        ],
        class_="message",
    )
