"""The appeal sheet as a web page, to print or to send."""

from __future__ import annotations

from grader.reports.appeal import CheckLine, QuestionLines, Sheet
from grader.reports.html.markup import Content, Html, el, lines, name
from grader.reports.html.page import document, pairs, section


def appeal_page(sheet: Sheet) -> str:
    """The sheet as HTML: self-contained, and safe whatever the student has written."""
    facts: list[tuple[str, Content]] = [
        (label.capitalize(), [el("p", name(line)) for line in texts])
        for label, texts in sheet.facts
    ]
    who = [el("p", el("strong", name(line))) for line in sheet.facts[0][1]]  # the student
    return document(
        sheet.title,
        el("header", el("h1", sheet.title), *who),
        el(
            "main",
            el("p", sheet.verdict, class_=None if sheet.same else "loud"),
            section("grade", "The grade", *_grade(sheet)),
            section("checks", "Every check", *map(_question, sheet.questions)),
            section("facts", "How it was graded", pairs(facts)),
            id="main",
        ),
        el("footer", "Official inputs can be drawn again from the seed. Keep it to the staff."),
    )


def _grade(sheet: Sheet) -> list[Content]:
    steps = [el("li", step) for step in sheet.steps]
    return [el("ol", steps), el("p", el("strong", f"Final score: {sheet.final}"))]


def _question(question: QuestionLines) -> Html:
    head = el(
        "tr",
        el("th", "Check", scope="col"),
        el("th", "Verdict", scope="col", class_="word"),
        el("th", "Points", scope="col", class_="num"),
    )
    caption = el("caption", el("strong", question.title), f", {question.points}")
    rows = [_check(check) for check in question.checks]
    return el("table", caption, el("thead", head), el("tbody", rows))


def _check(check: CheckLine) -> Html:
    now = el("p", el("strong", f"Now: {check.differs}")) if check.differs else None
    texts = [line for text in check.texts for line in lines(text)]
    return el(
        "tr",
        el("th", check.title, texts, now, scope="row"),
        el("td", check.status.replace("_", " "), class_="word"),
        el("td", check.points, class_="num"),
    )
