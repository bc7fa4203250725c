"""On the class's page: the questions that persons mark, how far they are, and how the class did."""

from __future__ import annotations

from grader.classroom.summary import ManualTally, Summary
from grader.reports.html.markup import Html, el
from grader.reports.html.page import plural, points, section

NUMBERS = ("Handed in", "Marked", "To mark", "Mean")


def marked_by_hand(summary: Summary) -> Html | None:
    """One table: of each question how many answers there are, how many are marked, the mean.

    None if nobody has handed in an answer.
    """
    tallies = list(summary.manual.values())
    if not any(tally.handed_in for tally in tallies):
        return None
    head = el(
        "tr",
        el("th", "Question", scope="col"),
        [el("th", title, scope="col", class_="num") for title in NUMBERS],
    )
    waiting = sum(tally.handed_in - tally.marked for tally in tallies)
    said = f"{waiting} {plural('answer', waiting)} to mark." if waiting else "Everything is marked."
    return section(
        "manual",
        "Answers, marked by hand",
        el("p", f"{said} The means are of what is marked.", class_="soft"),
        el(
            "table",
            el("caption", "Questions that persons mark", class_="hidden"),
            el("thead", head),
            el("tbody", [_row(tally) for tally in tallies]),
        ),
    )


def _row(tally: ManualTally) -> Html:
    mean = points(tally.earned / tally.marked) if tally.marked else "–"
    numbers = (
        f"{tally.handed_in}",
        f"{tally.marked}",
        f"{tally.handed_in - tally.marked}",
        f"{mean}/{tally.question.points}",
    )
    return el(
        "tr",
        el("th", tally.question.title, scope="row"),
        [el("td", number, class_="num") for number in numbers],
    )
