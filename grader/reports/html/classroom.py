"""The page of a class: how it did, what to teach again, and what needs a second look."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from grader.classroom.summary import Line, QuestionTally, Summary
from grader.reports.html import outliers
from grader.reports.html.manual import marked_by_hand
from grader.reports.html.markup import Content, Html, el, name
from grader.reports.html.page import bar, document, plural, points, section
from grader.results import Status

BINS = 10
CHUNK = 200  # students in one table: of ten thousand, only those unfolded are laid out
MANY = 12  # mistakes to talk about tomorrow; the others are folded up


def class_page(summary: Summary) -> str:
    """The page of a class, as HTML; the links in `summary` lead to the students' own."""
    sections = [
        _distribution(summary),
        _lecture(summary),
        _questions(summary),
        marked_by_hand(summary),
        outliers.unexplained(summary),
        outliers.slowest(summary),
        outliers.hostile(summary),
        outliers.alike(summary),
        _students(summary),
    ]
    title = f"{summary.manifest.title}: the class"
    page = document(
        title,
        el(
            "header",
            el("p", summary.manifest.title, class_="eyebrow"),
            el("h1", "The class"),
            el("p", _lead(summary), class_="who"),
        ),
        el("main", _withheld(summary), _contents(summary), sections, id="main"),
        el("footer", "This page names students and their grades. Keep it to the staff."),
    )
    return page.replace("<body>", '<body class="wide">', 1)


def _lead(summary: Summary) -> str:
    count = len(summary.lines)
    scores = sorted(line.score for line in summary.lines if line.score is not None)
    lead = f"{count} {plural('student', count)}"
    if summary.absent:
        lead += f", and {len(summary.absent)} without a result"
    if not scores:
        return f"{lead}. No score yet."
    middle = ""
    if len(scores) >= 4:
        low, _, high = statistics.quantiles(scores, method="inclusive")
        middle = f"; half of them between {points(round(low, 1))} and {points(round(high, 1))}"
    most = points(summary.max_score)
    median = points(round(statistics.median(scores), 1))
    return f"{lead}. The median is {median} of {most} points{middle}."


def _withheld(summary: Summary) -> Html | None:
    found = summary.withheld
    if not found:
        return None
    count = len(found)
    said = (
        f"The grader itself failed on {count} {plural('submission', count)}. These scores are "
        "withheld and not exported: mend the grader, then grade them again."
    )
    return el(
        "div",
        el("p", el("strong", f"{count} {plural('score', count)} withheld")),
        el("p", said),
        outliers.people(summary, [(line, line.remarks.get("error", "")) for line in found]),
        class_="loud",
        role="alert",
    )


def _contents(summary: Summary) -> Html:
    anchors = {
        "distribution": "Scores",
        "lecture": "Tomorrow’s lecture",
        "questions": "Questions",
        **({"manual": "Answers"} if marked_by_hand(summary) else {}),
        "unexplained": "Unexplained failures",
        "slowest": "Slowest",
        "hostile": "Out of bounds",
        "alike": "Alike",
        "students": "Students",
    }
    links = [el("li", el("a", text, href=f"#{anchor}")) for anchor, text in anchors.items()]
    return el("nav", el("ul", links), aria_label="Sections")


def _distribution(summary: Summary) -> Html:
    scores = [line.score for line in summary.lines if line.score is not None]
    most = summary.max_score or 1.0
    bins = [0] * BINS
    for score in scores:
        bins[min(max(int(BINS * score / most), 0), BINS - 1)] += 1
    edges = [points(most * i / BINS) for i in range(BINS + 1)]
    rows = [
        el(
            "tr",
            el("th", f"{edges[i]} to {edges[i + 1]}", scope="row"),
            el("td", str(bins[i]), class_="num"),
        )
        for i in range(BINS)
    ]
    head = el("tr", el("th", "Points", scope="col"), el("th", "Students", scope="col"))
    caption = el("caption", "Students by score; each row includes its lower bound.")
    table = el("table", caption, el("thead", head), el("tbody", rows))
    full = sum(score >= most for score in scores)
    return section(
        "distribution",
        "Scores",
        el("figure", _histogram(bins, edges), class_="full"),
        el("p", f"{full} with every point, {bins[0]} below {edges[1]}.", class_="soft"),
        el("details", el("summary", "The same in numbers"), table),
    )


def _histogram(bins: Sequence[int], edges: Sequence[str]) -> Html:
    width, height, top, bottom = 760, 200, 32, 34
    step, tallest = width / len(bins), max(max(bins), 1)
    drawn: list[Content] = []
    for i, count in enumerate(bins):
        size = (height - top - bottom) * count / tallest
        y = height - bottom - size
        drawn.append(
            el("rect", class_="fill", x=i * step + 3, y=round(y, 1), width=step - 6, height=size)
        )
        if count:
            x = i * step + step / 2
            drawn.append(el("text", str(count), x=x, y=round(y - 5, 1), text_anchor="middle"))
    for i, edge in enumerate(edges):
        anchor = "start" if i == 0 else "end" if i == len(bins) else "middle"
        drawn.append(el("text", edge, x=i * step, y=height - 5, text_anchor=anchor))
    line = height - bottom
    drawn.append(el("line", class_="axis", x1=0, x2=width, y1=line, y2=line))
    label = f"Histogram of scores from {edges[0]} to {edges[-1]}; the numbers are in the table."
    box = f"0 0 {width} {height}"
    return el("svg", drawn, class_="histogram", role="img", aria_label=label, viewBox=box)


def _lecture(summary: Summary) -> Html:
    found = sorted(summary.mistakes.values(), key=lambda m: (-len(m.students), m.id))
    if not found:
        return section(
            "lecture", "Tomorrow’s lecture", el("p", "No known mistake was made by anyone.")
        )
    items = []
    for mistake in found:
        cause, _, advice = mistake.text.partition("\n")
        who = [(summary.lines[number], "") for number in mistake.students]
        title = summary.questions[mistake.question].title
        items.append(
            outliers.finding(
                len(mistake.students),
                f"{len(mistake.students) / len(summary.lines):.0%}",
                el("h3", cause),
                el("p", advice) if advice else None,
                el("p", f"{title} · ", el("code", mistake.id), class_="soft small"),
                outliers.folded("Who", outliers.people(summary, who)),
            )
        )
    rest = el("ul", items[MANY:], class_="findings")
    return section(
        "lecture",
        "Tomorrow’s lecture",
        el("p", "The commonest misconceptions, each as its students read it.", class_="soft"),
        el("ul", items[:MANY], class_="findings"),
        outliers.folded(f"{len(items) - MANY} more, rarer", rest) if items[MANY:] else None,
    )


def _questions(summary: Summary) -> Html:
    rows = [_question(question) for question in summary.questions.values()]
    return section(
        "questions",
        "Questions",
        el("p", "The mean score of each, and under it who passes which check.", class_="soft"),
        el("ul", rows, class_="rows"),
    )


def _question(question: QuestionTally) -> Html:
    mean = question.earned / (question.graded or 1)
    share = mean / (question.max_score or 1.0)
    state = f"{question.full} of {question.graded} with every point"
    rows = []
    for check in question.checks.values():
        count = check.statuses.total()
        passed = check.statuses[Status.PASSED]
        others = check.statuses.most_common()
        told = ", ".join(f"{n} {s.replace('_', ' ')}" for s, n in others if s != Status.PASSED)
        rows.append(
            el(
                "tr",
                el("th", check.title, scope="row"),
                el("td", f"{passed / count:.0%}", class_="num"),
                el("td", told, class_="soft wide-only"),
            )
        )
    head = el(
        "tr",
        el("th", "Check", scope="col"),
        el("th", "Pass", scope="col", class_="num"),
        el("th", "The others", scope="col", class_="wide-only"),
    )
    table = el(
        "table",
        el("caption", f"{question.title}: checks", class_="hidden"),
        el("thead", head),
        el("tbody", rows),
    )
    summary = el(
        "summary",
        el("h3", question.title, el("span", " · bonus", class_="soft") if question.bonus else None),
        bar(share),
        el("span", f"{mean:.1f}/{points(question.max_score)}", class_="num"),
        el("p", state, class_="state"),
    )
    return el("li", el("details", summary, table))


def _students(summary: Summary) -> Html:
    ordered = sorted(summary.lines, key=lambda line: line.student.name or line.student.id)
    chunks = [ordered[i : i + CHUNK] for i in range(0, len(ordered), CHUNK)]
    if len(chunks) <= 1:
        body: Content = [_table(summary, chunk, "Every student") for chunk in chunks]
    else:
        body = [
            el("details", el("summary", *_range(chunk)), _table(summary, chunk, _plain(chunk)))
            for chunk in chunks
        ]
    absent = None
    if summary.absent:
        names = [el("li", name(student.name or student.id)) for student in summary.absent]
        absent = outliers.folded(f"{len(names)} without a result", el("ul", names))
    return section("students", "Students", body, absent)


def _range(chunk: list[Line]) -> list[Content]:
    first, last = (name(line.student.name or line.student.id) for line in (chunk[0], chunk[-1]))
    return [first, " to ", last]


def _plain(chunk: list[Line]) -> str:
    first, last = (line.student.name or line.student.id for line in (chunk[0], chunk[-1]))
    return f"Students from {first} to {last}"


def _table(summary: Summary, chunk: list[Line], title: str) -> Html:
    head = el(
        "tr",
        el("th", "Student", scope="col"),
        el("th", "Counts", scope="col", class_="num"),
        el("th", "Earned", scope="col", class_="num"),
        el("th", "Bonus", scope="col", class_="num wide-only") if summary.max_bonus else None,
        el("th", "Remarks", scope="col", class_="wide-only"),
    )
    rows = [
        el(
            "tr",
            el("th", outliers.person(line), scope="row"),
            el("td", points(line.score), class_="num"),
            el("td", points(line.earned), class_="num soft"),
            el("td", points(line.bonus), class_="num soft wide-only")
            if summary.max_bonus
            else None,
            el("td", ", ".join(outliers.REMARKS[r] for r in line.remarks), class_="wide-only soft"),
        )
        for line in chunk
    ]
    caption = el("caption", title, class_="hidden")
    return el("table", caption, el("thead", head), el("tbody", rows), class_="chunk")
