"""The page of one submission: the score, what to fix first and why, then every check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from grader.manifest import Manifest
from grader.patterns import PATTERN
from grader.reports.corrections import Corrections
from grader.reports.html.markup import Content, Html, clean, el, lines, name
from grader.reports.html.page import (
    SIGNS,
    bar,
    document,
    pairs,
    points,
    section,
    share_of,
)
from grader.reports.html.pictures import Pictures
from grader.results import Result, Status, to_dict

SMALL = re.compile(r"([0-9.]+e-[0-9]+)")
UNSTARTED = (Status.MISSING, Status.BLOCKED)
Plain = Mapping[str, Any]


def student_page(
    result: Result | Plain,
    manifest: Manifest,
    *,
    corrections: Corrections | None = None,
    pictures: Pictures | None = None,
    seed: int | None = None,
    rerun: str = "",
    home: str = "",
) -> str:
    """The page of one result, as HTML.

    result: schema 1; its clocks may be missing. What a student may not see is not in it.
    seed: of an official grading, for whoever may know it.
    rerun: the command that grades one question again; home: the address of the class's page.
    """
    tree = to_dict(result) if isinstance(result, Result) else result
    pictures = pictures if pictures is not None and tree["mode"] == "practice" else {}
    trouble = [question for question in tree["questions"] if _failing(question)]
    student = tree["submission"]["id"]
    first = _first(manifest, trouble[0], pictures, rerun) if trouble else _start(manifest, tree)
    return document(
        f"{student} · {manifest.title}",
        el("nav", el("a", manifest.say("page_home"), href=home)) if home else None,
        el(
            "header",
            el("p", f"{manifest.title} · {tree['mode']}", class_="eyebrow"),
            el("h1", name(student)),
        ),
        el(
            "main",
            _score(manifest, tree, trouble),
            _corrections(manifest, tree, corrections),
            first,
            _questions(manifest, tree, pictures),
            _manual(manifest, tree),
            _output(manifest, tree),
            _about(manifest, tree, seed),
            id="main",
        ),
        language=manifest.say("page_language"),
        skip=manifest.say("page_skip"),
    )


def _failing(question: Plain) -> list[Plain]:
    """What is wrong in a question, as opposed to not there yet."""
    fine = (Status.PASSED, *UNSTARTED)
    return [check for check in question["checks"] if check["status"] not in fine]


def _told(question: Plain) -> Plain:
    """The failing check that says most: one whose mistake is known, or else the first."""
    failing = _failing(question)
    return next((check for check in failing if check["diagnosis"]), failing[0])


def _score(manifest: Manifest, tree: Plain, trouble: list[Plain]) -> Html:
    score, most = tree["score"], tree["max_score"]
    body: list[Content] = [
        el("h2", manifest.say("page_score"), class_="hidden", id="score-title"),
        el(
            "p",
            el("strong", points(score), class_="num"),
            " " + manifest.say("page_of_points", most=points(most)),
            class_="big",
        ),
        bar(share_of(score, most), "good" if score == most else ""),
    ]
    if tree["max_bonus"]:
        said = {"score": points(tree["bonus"]), "most": points(tree["max_bonus"])}
        body.append(el("p", manifest.say("page_bonus", **said), class_="bonus soft"))
    errors = sum(c["status"] == Status.ERROR for q in tree["questions"] for c in q["checks"])
    if errors:
        body.append(el("div", lines(manifest.say("withheld", count=errors)), class_="loud"))
    elif score == most and not trouble:
        body.append(el("p", manifest.say("all_done"), class_="good bonus"))
    return el("section", body, class_="score", aria_labelledby="score-title")


def _corrections(manifest: Manifest, tree: Plain, made: Corrections | None) -> Html | None:
    if made is None or not (made.penalty or made.overrides):
        return None
    titles = {question["name"]: question["title"] for question in tree["questions"]}
    rows: list[tuple[Content, str, str]] = [
        (manifest.say("page_earned"), "", points(tree["score"]))
    ]
    for override in made.overrides:
        key, values = "page_override", {"author": override.author}
        if override.question:
            key = "page_override_question"
            values["question"] = titles.get(override.question, override.question)
        rows.append((manifest.say(key, **values), override.reason, points(override.score)))
    if made.penalty:
        off = f"−{points(made.penalty)}"
        rows.append((manifest.say("page_late"), made.penalty_reason, off))
    rows.append((el("strong", manifest.say("page_final")), "", points(made.final)))
    body = [
        el("tr", el("th", what, scope="row"), el("td", why), el("td", number, class_="num"))
        for what, why, number in rows
    ]
    title = manifest.say("page_corrections")
    caption = el("caption", title, class_="hidden")
    return section("corrections", title, el("table", caption, el("tbody", body)))


def _first(manifest: Manifest, question: Plain, pictures: Pictures, rerun: str) -> Html:
    told = _told(question)
    unknown = told["diagnosis"] is None or told["diagnosis"]["id"].startswith(PATTERN)
    command = f"{rerun}{question['name']}:{told['name']}"
    return section(
        "first",
        manifest.say("page_first"),
        el("h3", f"{question['title']}: {told['title']}"),
        _diagnosis(told),
        el("p", _hint(manifest, question["name"])) if unknown else None,
        _message(told),
        pictures.get((question["name"], told["name"])),
        el("p", el("code", manifest.say("again", command=command)), class_="soft")
        if rerun
        else None,
        style="first",
    )


def _start(manifest: Manifest, tree: Plain) -> Html | None:
    """Where to go on once nothing that is there is wrong."""
    missing = {
        question["name"]
        for question in tree["questions"]
        if any(check["status"] == Status.MISSING for check in question["checks"])
    }
    for question in manifest.questions:
        if question.name in missing and question.functions:
            function = question.functions[0]
            step = manifest.say("first_step", function=function.name, file=function.file)
            return section("first", manifest.say("page_start"), el("p", step), style="first next")
    return None


def _hint(manifest: Manifest, question: str) -> str:
    """A question that this manifest does not know, from an older result, has no hint."""
    return next((q.hint for q in manifest.questions if q.name == question), "")


def _diagnosis(check: Plain) -> Html | None:
    if not check["diagnosis"]:
        return None
    return el("div", lines(check["diagnosis"]["text"]), class_="lesson")


def _message(check: Plain) -> Html:
    """What was measured; a number like 1e-07 stays on one line."""
    return el(
        "div",
        [
            el("p", [el("span", p, class_="num") if i % 2 else p for i, p in enumerate(parts)])
            for parts in map(SMALL.split, clean(check["message"]).split("\n"))
        ],
        class_="message",
    )


def _questions(manifest: Manifest, tree: Plain, pictures: Pictures) -> Html:
    trouble = next((q["name"] for q in tree["questions"] if _failing(q)), "")
    rows = [
        _question(manifest, question, pictures, first=question["name"] == trouble)
        for question in tree["questions"]
    ]
    return section("questions", manifest.say("page_questions"), el("ul", rows, class_="rows"))


def _question(manifest: Manifest, question: Plain, pictures: Pictures, *, first: bool) -> Html:
    """A question folded up, but for the one to fix first, whose picture is shown above."""
    checks = question["checks"]
    failing = _failing(question)
    passed = sum(check["status"] == Status.PASSED for check in checks)
    state = manifest.say("page_counts", passed=passed, count=len(checks))
    if not failing and any(check["status"] == Status.MISSING for check in checks):
        state = manifest.say("not_started")
    elif not failing and not passed and checks:
        state = clean(checks[0]["message"])  # what it waits for
    share = share_of(question["score"], question["max_score"])
    number = f"{points(question['score'])}/{points(question['max_score'])}"
    told = _told(question) if failing else None
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
            None if again else _diagnosis(check),
            _message(check) if told else None,
            pictures,
            notes,
        ),
        el("span", f"{points(check['score'])}/{points(check['max_score'])}", class_="num soft"),
    )


def _manual(manifest: Manifest, tree: Plain) -> Html | None:
    if not tree.get("manual"):
        return None
    title = manifest.say("page_manual")
    rows = [
        el(
            "tr",
            el("th", part["name"], scope="row"),
            el("td", part.get("by") or ""),
            el("td", f"{points(part['score'])}/{points(part['max_score'])}", class_="num"),
        )
        for part in tree["manual"]
    ]
    caption = el("caption", title, class_="hidden")
    return section("manual", title, el("table", caption, el("tbody", rows)))


def _output(manifest: Manifest, tree: Plain) -> Html | None:
    if not tree.get("output"):
        return None
    title = manifest.say("page_output")
    box = el("pre", tree["output"], tabindex="0", aria_label=title)
    return el("section", el("details", el("summary", el("h2", title)), box), class_="output")


def _about(manifest: Manifest, tree: Plain, seed: int | None) -> Html:
    made_with = tree.get("environment") or {}
    tools = [made_with.get("platform"), made_with.get("blas")]
    for tool in ("numpy", "python"):
        if made_with.get(tool):
            tools.insert(0, f"{tool.capitalize().replace('Numpy', 'NumPy')} {made_with[tool]}")
    seconds = tree.get("seconds")
    rows: list[tuple[str, Content]] = [
        (manifest.say("page_mode"), tree["mode"]),
        (manifest.say("page_graded_at"), str(tree.get("graded_at") or "")),
        (manifest.say("page_took"), f"{seconds:.2f} s" if seconds is not None else ""),
        (manifest.say("page_isolation"), ", ".join(tree["isolation"])),
        (manifest.say("page_environment"), ", ".join(filter(None, tools))),
        (manifest.say("page_version"), f"{tree['assignment']} {tree['version']}"),
        (manifest.say("page_digest"), el("code", tree["submission"]["digest"])),
        (manifest.say("page_seed"), str(seed) if seed is not None else ""),
    ]
    return section("about", manifest.say("page_about"), pairs(rows))
