"""The page that a marker reads: each question, and under it all answers, equal ones together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from grader.classroom.marking import Row, squeezed
from grader.labs.answers import CUT, MAX_ANSWER
from grader.manual import ManualQuestion
from grader.reports.html.markup import Content, Html, el, join, name, verbatim
from grader.reports.html.page import document, plural, section
from grader.reports.marking_sheets import NOTHING, label

LONGEST = MAX_ANSWER + len(CUT)


def marking_page(
    rows: Sequence[Row], texts: Mapping[str, str], title: str, *, anonymous: bool = False
) -> str:
    """The page of one marker, as HTML.

    rows: the answers, each question's together, as `marking.shared_out` gives them
    texts: what is asked, by the questions' names
    anonymous: without the students; the codes are those in the marker's sheet
    """
    questions: dict[ManualQuestion, list[Row]] = defaultdict(list)
    for row in rows:
        questions[row.question].append(row)
    sections = [
        _question(question, of, texts.get(question.name, ""), anonymous)
        for question, of in questions.items()
    ]
    links = [el("li", el("a", question.title, href=f"#{question.name}")) for question in questions]
    page = document(
        title,
        el(
            "header",
            el("p", title, class_="eyebrow"),
            el("h1", "Answers to mark"),
            el(
                "p",
                f"{len(rows)} {plural('answer', len(rows))}. Points and comments go into the sheet "
                "beside this page; the codes are the same there.",
                class_="who",
            ),
        ),
        el("main", el("nav", el("ul", links), aria_label="Questions"), sections, id="main"),
        el("footer", "This page holds what students wrote. Keep it to those who mark it."),
    )
    return page.replace("<body>", '<body class="wide">', 1)


def _question(question: ManualQuestion, rows: Sequence[Row], asked: str, anonymous: bool) -> Html:
    alike: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        alike[squeezed(row.text)].append(row)
    body: list[Content] = [
        el("div", verbatim(asked, LONGEST), class_="asked") if asked else None,
        el("p", f"{question.points} {plural('point', question.points)}, lab {question.lab}"),
    ]
    for group in alike.values():
        many = f"{len(group)} times the same: " if len(group) > 1 else ""
        who = join(
            many,
            [
                [" · ", _whose(row, anonymous)] if i else _whose(row, anonymous)
                for i, row in enumerate(group)
            ],
        )
        text = verbatim(group[0].text or NOTHING, LONGEST)
        body.append(
            el("article", el("p", who, class_="soft small"), el("div", text, class_="answer"))
        )
    return section(question.name, question.title, *body)


def _whose(row: Row, anonymous: bool) -> Html:
    """The code, and what else a marker may know."""
    return el(
        "span",
        el("code", row.code),
        None if anonymous else join(" ", name(label(row.students))),
        f" ({row.remark})" if row.remark else None,
    )
