"""Submissions that may have been copied, in words for a terminal; and what that proves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.classroom.findings import SameComments, identical, same_comments, twins
from grader.classroom.summary import Summary
from grader.reports.plain import one_line, wrapped

SHOWN = 25  # of a list; what is more is counted
NAMED = 20  # students of one group
COMMENTS, LONGEST = 5, 200  # of one group, and characters of one comment
Item = tuple[str, list[str]]  # who, and what they have in common

# The page of the class says this, too.
WHAT_IT_SHOWS = (
    "Correct answers to short formulas look alike whoever writes them, so their likeness is not "
    "measured here. Identical files show that one text was handed in twice, not who wrote it: it "
    "may be a shared machine, or a team that the roster does not know. What was handed out does "
    "not count, and neither do white space and line endings. A rare comment or mistake in common "
    "may come from working together, from the same tutor, book, web page or assistant, or by "
    "chance: in a large class some pairs share two mistakes, and many share one. This is a reason "
    "to ask, and no proof of anything."
)


def to_text(summary: Summary) -> Iterator[str]:
    """The lines of the report: identical files, then comments, then rare mistakes in common."""
    count = len(summary.lines)
    yield from wrapped(f"Looked at: {count} {'student' if count == 1 else 'students'}.")
    yield from wrapped(WHAT_IT_SHOWS)
    yield from _section("Identical files", "None, teams apart.", _files(summary))
    yield from _section("Identical comments", "None that is rare.", _comments(summary))
    yield from _section("Rare mistakes in common", "None.", _mistakes(summary))


def _section(title: str, none: str, found: Sequence[Item]) -> Iterator[str]:
    yield ""
    yield title
    if not found:
        yield f"  {none}"
    for who, what in found[:SHOWN]:
        yield from wrapped(who, 2, hanging=2)
        for text in what:
            yield from wrapped(text, 6, hanging=2)
    if len(found) > SHOWN:
        yield f"  and {len(found) - SHOWN} more"


def _files(summary: Summary) -> list[Item]:
    return [
        (_names(summary, one.students), [", ".join(map(one_line, one.names))])
        for one in identical(summary)
    ]


def _comments(summary: Summary) -> list[Item]:
    return [
        (_names(summary, one.students), [f"# {comment}" for comment in shown_comments(one)])
        for one in same_comments(summary)
    ]


def shown_comments(found: SameComments) -> list[str]:
    """The comments of a group, not all of them and not at full length."""
    texts = [one_line(text) for text in found.texts[:COMMENTS]]
    shown = [text[:LONGEST] + ("..." if len(text) > LONGEST else "") for text in texts]
    more = len(found.texts) - len(texts)
    return [*shown, f"(and {more} more)"] if more else shown


def _mistakes(summary: Summary) -> list[Item]:
    return [
        (_names(summary, (pair.first, pair.second)), list(map(one_line, pair.shared)))
        for pair in twins(summary, least=1)
    ]


def _names(summary: Summary, numbers: Iterable[int]) -> str:
    students = [summary.lines[number].student for number in numbers]
    names = [s.id + (f" ({s.name})" if s.name else "") for s in students[:NAMED]]
    more = f", and {len(students) - NAMED} more" if len(students) > NAMED else ""
    return ", ".join(map(one_line, names)) + more
