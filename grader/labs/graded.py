"""One practice grading for a notebook: what it shows, as HTML and as text, written to a file.

    python -m grader.labs.graded FOLDER TARGET QUESTION...

runs in the assignment's folder, as a process of its own: what a notebook runs is the student's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from grader import history
from grader.errors import sentence_and_code
from grader.files import write_atomically
from grader.grading import Graded, grade
from grader.labs.steps import Steps, steps_table, steps_text
from grader.manifest import Manifest, load_manifest
from grader.project import Project
from grader.reports.html.markup import Content, Html, el
from grader.reports.html.page import SIGNS, bar, points, share_of
from grader.reports.html.pictures import Pictures, pictures_of
from grader.reports.html.questions import (
    UNSTARTED,
    Plain,
    diagnosis_of,
    failing,
    message_of,
    telling,
)
from grader.reports.html.style import LIGHT
from grader.reports.terminal import age, report
from grader.results import Status, to_dict
from grader.submission import read_submission

# Light in every notebook, as the labs' figures are: its own colours may be dark or light. Jupyter
# colours every second row of a table, and the one below the pointer, unless told not to.
STYLE = (
    ".graded{"
    + "".join(f"--{name}:{color};" for name, color in LIGHT.items())
    + """
background:var(--paper);color:var(--ink);border-left:4px solid var(--rule);padding:.5rem 1rem;
margin:.25rem 0;max-width:46rem;font-size:14px;line-height:1.5}
.graded.good{border-color:var(--good)}.graded.bad{border-color:var(--bad)}
.graded p{margin:0 0 .375rem}
.graded .head{display:grid;grid-template-columns:minmax(0,1fr) 8rem 4rem;gap:1rem;
align-items:center;font-weight:600}
.graded .bar{display:block;width:100%;height:6px}.graded .track{fill:var(--rule)}
.graded .fill{fill:var(--bad)}.graded .good .fill,.graded .bar.good .fill{fill:var(--good)}
.graded .num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.graded .soft,.graded figcaption,.graded summary{color:var(--soft)}
.graded .lesson p:first-child{font-weight:600}
.graded .message{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px}
.graded ul{list-style:none;margin:.25rem 0;padding:0}.graded li{margin:.125rem 0}
.graded li{display:flex}.graded .status{flex:none;width:8rem}.graded li p{margin:0}
.graded li.bad .status,.graded .wrong{color:var(--bad)}.graded li.good .status{color:var(--good)}
.graded .steps{display:flex;flex-wrap:wrap;gap:1rem;align-items:flex-start}
.graded table{border-collapse:collapse;margin:0;font-size:inherit;color:var(--ink);background:none}
.graded table tr{background:none!important}
.graded th,.graded td{padding:.125rem .75rem .125rem 0;border-top:1px solid var(--rule);
text-align:left;font-weight:400;background:none;color:var(--ink)}
.graded td.num,.graded th.num{text-align:right}
.graded figure{margin:.25rem 0}.graded svg{max-width:100%;height:auto}
.graded .cell{fill:var(--heat)}.graded .ground{fill:var(--rule);fill-opacity:.35}
.graded .dot{fill:var(--heat)}.graded .yours{fill:none;stroke:var(--heat);stroke-width:2}
.graded .right{fill:none;stroke:var(--ink);stroke-width:1.5;stroke-dasharray:4 3}
.graded .axis{stroke:var(--rule)}.graded svg text{fill:var(--soft);font-size:11px}
"""
)


def show(project: Project, folder: Path, questions: tuple[str, ...]) -> dict[str, str]:
    """Grade questions in practice mode: what a notebook shows, as `html` and as `text`."""
    manifest = load_manifest(project.manifest)
    (graded,) = grade(project, [read_submission(folder)], questions=questions)
    history.keep(project.local / "history", graded)
    command = "python -m grader grade --question "
    lines = [line.text for line in report(graded, manifest, rerun=command)]
    found = {question: _steps(graded, question) for question in questions}
    saved = {name: _saved(graded, manifest, name) for name in questions}
    lines += [f"{name}: {when}" for name, when in saved.items() if when]
    lines += [steps_text(name, steps, manifest) for name, steps in found.items() if steps]
    return {"html": _html(graded, manifest, found), "text": "\n".join(lines).rstrip()}


def _steps(graded: Graded, question: str) -> Steps:
    """The steps that a question's checks have told: a failing one's, or else the first one's."""
    told = [
        (outcome.status is Status.PASSED, outcome.finding.log.steps)
        for outcome in graded.outcomes
        if outcome.spec.question == question and outcome.finding and outcome.finding.log.steps
    ]
    return min(told, key=lambda each: each[0])[1] if told else []


def _html(graded: Graded, manifest: Manifest, steps: dict[str, Steps]) -> Html:
    pictures = pictures_of(graded, manifest)
    tree = to_dict(graded.result)
    parts = [
        _question(graded, manifest, question, pictures, steps.get(question["name"], []))
        for question in tree["questions"]
    ]
    return Html(el("style", Html(STYLE)) + "".join(parts))


def _question(
    graded: Graded, manifest: Manifest, question: Plain, pictures: Pictures, steps: Steps
) -> Html:
    wrong = failing(question)
    checks = question["checks"]
    passed = sum(check["status"] == Status.PASSED for check in checks)
    share = share_of(question["score"], question["max_score"])
    style = "bad" if wrong else "good" if share == 1.0 else ""
    number = f"{points(question['score'])}/{points(question['max_score'])}"
    head = el(
        "p",
        el("span", question["title"]),
        bar(share, "good" if share == 1.0 else ""),
        el("span", number, class_="num"),
        class_="head",
    )
    body: list[Content] = [head, el("p", _saved(graded, manifest, question["name"]), class_="soft")]
    if graded.submission.refused:
        body.append(el("p", graded.result.output, class_="wrong"))
    if wrong:
        told = telling(question)
        body += [
            el("p", el("strong", told["title"])),
            diagnosis_of(told),
            None if told["diagnosis"] else el("p", manifest.question(question["name"]).hint),
            message_of(told),
            None if steps else pictures.get((question["name"], told["name"])),
        ]
    elif passed < len(checks):
        waiting = [check for check in checks if check["status"] in UNSTARTED]
        body.append(el("p", waiting[0]["message"]))
    if not wrong:  # otherwise each is said with its check: first things first
        body += _notes(manifest, dict.fromkeys(note for check in checks for note in check["notes"]))
    if steps:
        summary = el("summary", manifest.say("lab_steps"))
        body.append(el("details", summary, steps_table(steps, manifest), open=bool(wrong)))
    counts = manifest.say("page_counts", passed=passed, count=len(checks))
    items = [_check(manifest, check, notes=bool(wrong)) for check in checks]
    body.append(el("details", el("summary", counts), el("ul", items)))
    return el("div", body, class_=f"graded {style}".strip())


def _check(manifest: Manifest, check: Plain, *, notes: bool) -> Html:
    status = Status(check["status"])
    style = "good" if status is Status.PASSED else None if status in UNSTARTED else "bad"
    sign = f"{SIGNS[status]} {manifest.say(f'status_{status}')}"
    told = _notes(manifest, check["notes"]) if notes else []
    return el(
        "li", el("span", sign, class_="status"), el("div", check["title"], told), class_=style
    )


def _notes(manifest: Manifest, notes: Iterable[str]) -> list[Html]:
    return [el("p", manifest.say("note", text=note), class_="soft") for note in notes]


def _saved(graded: Graded, manifest: Manifest, question: str) -> str:
    """Which files were graded for a question and how long ago they were saved."""
    files = list(dict.fromkeys(f.file for f in manifest.question(question).functions))
    saved = graded.submission.saved_at
    return ", ".join(
        manifest.say("saved", file=file, age=age(saved[file])) for file in files if file in saved
    )


def main(folder: str, target: str, *questions: str) -> int:
    """Grade, and write what there is to show, or the sentence that says why there is nothing."""
    try:
        project = Project(Path(__file__).resolve().parents[2])
        path = Path(folder)
        near = path.relative_to(project.root) if path.is_relative_to(project.root) else path
        found = show(project, near, questions)
        code = 0
    except Exception as error:
        sentence, code = sentence_and_code(error)
        found = {"error": sentence}
    write_atomically(Path(target), json.dumps(found).encode())
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
