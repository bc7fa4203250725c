"""Plain text for a terminal or a letter: at most 80 columns, and no control characters."""

from __future__ import annotations

import sys
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator

from grader.counting import printable
from grader.reports.terminal import WIDTH, Text, show

LABEL = 14  # columns for what a line is about


def one_line(text: str) -> str:
    """A text that others chose, on one line and harmless."""
    return printable(text).replace("\n", " ")


def wrapped(text: str, indent: int = 0, *, hanging: int = 0) -> Iterator[str]:
    """A text on as many lines as it needs; its own line breaks stay.

    hanging: how much further the lines after the first are indented
    """
    for line in text.split("\n"):
        yield from textwrap.wrap(
            printable(line),
            WIDTH,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_on_hyphens=False,
        ) or [""]


def labelled(label: str, text: str) -> Iterator[str]:
    """What something is, and beside it what it is like."""
    lines = list(wrapped(text, LABEL))
    yield f"{label:{LABEL - 1}} {lines[0].strip()}".rstrip()
    yield from lines[1:]


def sided(left: str, right: str, indent: int = 0) -> str:
    """A line with something at its right edge; what is too long on the left is cut."""
    room = WIDTH - indent - len(right) - 2
    left = one_line(left)
    if columns(left) > room:
        while columns(left) > room - 3:
            left = left[:-1]
        left += "..."
    return f"{'':{indent}}{left}{'':{room - columns(left)}}  {right}"


def columns(text: str) -> int:
    """How many columns of a terminal a line takes: East Asian signs take two, accents none."""
    return sum(_columns(sign) for sign in text)


def _columns(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def write(lines: Iterable[str]) -> None:
    """Print lines as the terminal's encoding can show them."""
    shown = [Text(line) for line in lines]
    show(shown, sys.stdout)
