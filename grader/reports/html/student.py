"""The page of one submission: the score, what to fix first and why, then every check."""

from __future__ import annotations

from collections.abc import Mapping

from grader.manifest import Manifest
from grader.patterns import PATTERN
from grader.reports.corrections import Corrections
from grader.reports.html.markup import Content, Html, el, lines, name
from grader.reports.html.page import (
    bar,
    document,
    pairs,
    points,
    section,
    share_of,
)
from grader.reports.html.pictures import Pictures
from grader.reports.html.questions import (
    UNSTARTED,
    Plain,
    diagnosis_of,
    failing,
    message_of,
    mistaken,
    question_row,
    telling,
)
from grader.results import Result, Status, to_dict


def student_page(
    result: Result | Plain,
    manifest: Manifest,
    *,
    corrections: Corrections | None = None,
    comments: Mapping[str, str] | None = None,
    pictures: Pictures | None = None,
    seed: int | None = None,
    rerun: str = "",
    home: str = "",
    partial: bool = False,
) -> str:
    """The page of one result, as HTML.

    result: schema 1; its clocks may be missing. What a student may not see is not in it.
    partial: something is not, and so the total is not either.
    comments: of those who marked answers, by the questions' names.
    seed: of an official grading, for whoever may know it.
    rerun: the command that grades one question again; home: the address of the class's page.
    """
    tree = to_dict(result) if isinstance(result, Result) else result
    pictures = pictures if pictures is not None and tree["mode"] == "practice" else {}
    trouble = [question for question in tree["questions"] if failing(question)]
    student = tree["submission"]["id"]
    refused = _refused(manifest, tree)
    first = None
    if wrong := next(filter(mistaken, trouble), None):
        first = _first(manifest, wrong, pictures, rerun)
    elif not refused:
        first = _start(manifest, tree)
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
            el("div", lines(tree["output"]), class_="loud") if refused else None,
            _partial_score(manifest) if partial else _score(manifest, tree, trouble),
            _corrections(manifest, tree, corrections, partial),
            first,
            _questions(manifest, tree, pictures),
            _manual(manifest, tree, comments or {}),
            None if refused else _output(manifest, tree),
            _about(manifest, tree, seed),
            id="main",
        ),
        language=manifest.say("page_language"),
        skip=manifest.say("page_skip"),
    )


def _refused(manifest: Manifest, tree: Plain) -> bool:
    """Whether the output says why the submission could not be read, and no code has run."""
    said = manifest.say("unreadable", why="")
    checks = [check for question in tree["questions"] for check in question["checks"]]
    idle = all(check["status"] in UNSTARTED for check in checks)
    return idle and str(tree.get("output") or "").startswith(said)


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


def _partial_score(manifest: Manifest) -> Html:
    title = el("h2", manifest.say("page_score"), class_="hidden", id="score-title")
    body = [title, el("p", manifest.say("total_hidden"))]
    return el("section", body, class_="score", aria_labelledby="score-title")


def _corrections(
    manifest: Manifest, tree: Plain, made: Corrections | None, partial: bool
) -> Html | None:
    """How the points became the ones that count; of a partial result only what was taken off."""
    given = made is not None and (made.overrides or made.manual is not None)
    if made is None or not (made.penalty or (given and not partial)):
        return None
    titles = {question["name"]: question["title"] for question in tree["questions"]}
    scores = {question["name"]: points(question["score"]) for question in tree["questions"]}
    rows: list[tuple[Content, str, str]] = []
    if not partial:
        rows.append((manifest.say("page_earned"), "", points(tree["score"])))
    for override in () if partial else made.overrides:
        key, values = "page_override", {"author": override.author}
        number = points(override.score)
        if override.question:
            before, scores[override.question] = scores.get(override.question), number
            number = f"{before} → {number}" if before else number
            key = "page_override_question"
            values["question"] = titles.get(override.question, override.question)
        rows.append((manifest.say(key, **values), override.reason, number))
    if made.penalty:
        off = f"−{points(made.penalty)}"
        rows.append((manifest.say("page_late"), made.penalty_reason, off))
    if made.manual is not None and not partial:
        rows.append((manifest.say("page_manual"), "", f"+{points(made.manual)}"))
    if not partial:
        rows.append((el("strong", manifest.say("page_final")), "", points(made.final)))
    body = [
        el("tr", el("th", what, scope="row"), el("td", why), el("td", number, class_="num"))
        for what, why, number in rows
    ]
    title = manifest.say("page_taken_off" if partial else "page_corrections")
    caption = el("caption", title, class_="hidden")
    return section("corrections", title, el("table", caption, el("tbody", body)))


def _first(manifest: Manifest, question: Plain, pictures: Pictures, rerun: str) -> Html:
    told = telling(question)
    unknown = told["diagnosis"] is None or told["diagnosis"]["id"].startswith(PATTERN)
    command = f"{rerun}{question['name']}:{told['name']}"
    return section(
        "first",
        manifest.say("page_first"),
        el("h3", f"{question['title']}: {told['title']}"),
        diagnosis_of(told),
        el("p", _hint(manifest, question["name"])) if unknown else None,
        message_of(told),
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


def _questions(manifest: Manifest, tree: Plain, pictures: Pictures) -> Html | None:
    if not tree["questions"]:
        return None  # all of them are hidden
    trouble = next((q["name"] for q in tree["questions"] if mistaken(q)), "")
    rows = [
        question_row(manifest, question, pictures, first=question["name"] == trouble)
        for question in tree["questions"]
    ]
    return section("questions", manifest.say("page_questions"), el("ul", rows, class_="rows"))


def _manual(manifest: Manifest, tree: Plain, comments: Mapping[str, str]) -> Html | None:
    parts = tree.get("manual") or []
    if all(part["score"] is None for part in parts):
        return None  # practice, or nobody has begun
    title = manifest.say("page_manual")
    titles = {question.name: question.title for question in manifest.manual}
    rows = [
        el(
            "tr",
            el("th", titles.get(part["name"], part["name"]), scope="row"),
            el("td", el("p", part.get("by") or ""), lines(comments.get(part["name"], ""))),
            el("td", f"{points(part['score'])}/{points(part['max_score'])}", class_="num"),
        )
        for part in parts
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
