"""The part of a class's page that asks for a second look, and says what it does not prove."""

from __future__ import annotations

from collections.abc import Iterable

from grader.classroom.findings import Cluster, clusters, identical, same_comments, twins
from grader.classroom.summary import Line, Summary
from grader.reports.alike import WHAT_IT_SHOWS, shown_comments
from grader.reports.html.markup import Content, Html, el, name
from grader.reports.html.page import plural, points, section
from grader.results import Status

SLOWEST = 10
SHOWN = 25  # of a list; what is more is counted
NAMED = 200  # names in one list

REMARKS = {
    "error": "withheld",
    "refused": "could not be read",
    "timeout": "ran out of time",
    "memory": "ran out of memory",
    "violent": "ended its process",
}


def unexplained(summary: Summary) -> Html:
    """Failures without a known mistake, alike ones together."""
    found = clusters(summary)
    groups = [cluster for cluster in found if len(cluster.students) > 1]
    alone = len(found) - len(groups)
    items = [_cluster(summary, cluster) for cluster in groups[:SHOWN]]
    return section(
        "unexplained",
        "Failures without a known mistake",
        el(
            "p",
            "Students whom no known mistake explains, and who fail in the same way. A group that "
            "is marked is too large for an accident: look at the check and at the handout first, "
            "then add the mistake to the known ones.",
            class_="soft",
        ),
        el("ul", items, class_="findings") if items else el("p", "There are no such groups."),
        _more(len(groups)),
        el("p", f"Besides, {alone} that only one student has.", class_="soft small")
        if alone
        else None,
    )


def _cluster(summary: Summary, cluster: Cluster) -> Html:
    question = summary.questions[cluster.question]
    first, *others = cluster.symptoms
    also = [question.checks[symptom.check].title for symptom in others]
    told = "! Likely a fault of the check, or of what was taught"
    if first.status == Status.CRASHED:
        told = "! Many crash alike: is it the version of a package?"
    flag = el("p", told, class_="flag bad")
    return finding(
        len(cluster.students),
        "alike",
        flag if cluster.suspicious else None,
        el("h3", f"{question.title}: {question.checks[first.check].title}"),
        el("p", f"{first.status.replace('_', ' ')}, {first.what}", class_="message"),
        folded(
            f"and {len(also)} more {plural('check', len(also))}",
            el("ul", [el("li", title) for title in also]),
        )
        if also
        else None,
        folded("Who", people(summary, [(summary.lines[n], "") for n in cluster.students])),
    )


def slowest(summary: Summary) -> Html:
    """The submissions that took longest to grade."""
    found = sorted(summary.lines, key=lambda line: -line.seconds)[:SLOWEST]
    rows = [
        el(
            "tr",
            el("th", person(line), scope="row"),
            el("td", f"{line.seconds:.2f} s", class_="num"),
            el("td", points(line.score), class_="num soft"),
        )
        for line in found
    ]
    head = el(
        "tr",
        el("th", "Student", scope="col"),
        el("th", "Took", scope="col", class_="num"),
        el("th", "Points", scope="col", class_="num"),
    )
    caption = el("caption", "The longest to grade.")
    return section("slowest", "Slowest", el("table", caption, el("thead", head), el("tbody", rows)))


def hostile(summary: Summary) -> Html:
    """Submissions that the limits had to stop, or that could not be read."""
    kinds = [kind for kind in REMARKS if kind != "error"]
    found = {
        kind: [(line, line.remarks[kind]) for line in summary.lines if kind in line.remarks]
        for kind in kinds
    }
    items = [
        finding(
            len(who), "", el("h3", REMARKS[kind].capitalize()), folded("Who", people(summary, who))
        )
        for kind, who in found.items()
        if who
    ]
    text = (
        "What could not be read, and what the limits stopped. Most of it is an endless loop or a "
        "wrong shape; the rest may have been tried on purpose."
    )
    return section(
        "hostile",
        "Out of bounds",
        el("p", text, class_="soft"),
        el("ul", items, class_="findings") if items else el("p", "Nothing."),
    )


def alike(summary: Summary) -> Html:
    """Submissions with the same files or comments, and pairs with the same rare mistakes."""
    copies, comments, pairs = identical(summary), same_comments(summary), twins(summary)
    same = [
        finding(
            len(group.students),
            "the same",
            el("h3", name(", ".join(group.names)))
            if group.names
            else el("code", summary.lines[group.students[0]].digest[:19]),
            people(summary, [(summary.lines[n], "") for n in group.students]),
        )
        for group in copies[:SHOWN]
    ]
    said = [
        finding(
            len(group.texts),
            "shared",
            [el("p", comment, class_="message") for comment in shown_comments(group)],
            people(summary, [(summary.lines[n], "") for n in group.students]),
        )
        for group in comments[:SHOWN]
    ]
    rare = [
        finding(
            len(pair.shared),
            "shared",
            el(
                "h3",
                person(summary.lines[pair.first]),
                " and ",
                person(summary.lines[pair.second]),
            ),
            el("p", ", ".join(pair.shared), class_="soft small"),
        )
        for pair in pairs[:SHOWN]
    ]
    return section(
        "alike",
        "Alike",
        el(
            "p",
            WHAT_IT_SHOWS,
            class_="soft",
        ),
        el("h3", "Identical files"),
        el("ul", same, class_="findings") if same else el("p", "None, teams apart."),
        _more(len(copies)),
        el("h3", "Identical comments"),
        el("ul", said, class_="findings") if said else el("p", "None that is rare."),
        _more(len(comments)),
        el("h3", "Rare mistakes in common"),
        el("ul", rare, class_="findings") if rare else el("p", "None in two questions."),
        _more(len(pairs)),
        style="parts",
    )


def finding(count: int, unit: str, *body: Content) -> Html:
    """One item of a list of findings, its number in front."""
    number = el("div", str(count), el("small", unit) if unit else None, class_="count num")
    return el("li", number, el("div", *body))


def folded(title: str, *body: Content) -> Html:
    """Something to unfold."""
    return el("details", el("summary", title), *body)


def people(summary: Summary, who: Iterable[tuple[Line, str]]) -> Html:
    """Students and, where there is something to say, why they are here."""
    who = list(who)
    items = [
        el("li", person(line), f": {why}" if why else None, class_=None if why else "short")
        for line, why in who[:NAMED]
    ]
    more = el("p", f"and {len(who) - NAMED} more", class_="soft") if who[NAMED:] else None
    return el("div", el("ul", items, class_="people"), more)


def person(line: Line) -> Html:
    """A student, linked to their own page."""
    shown = name(line.student.name or line.student.id)
    return el("a", shown, href=line.link) if line.link else shown


def _more(count: int) -> Html | None:
    return el("p", f"and {count - SHOWN} more", class_="soft small") if count > SHOWN else None
