"""Solution markers: from a solution file to the starter file that students fill in.

    # BEGIN SOLUTION
    ...
    # END SOLUTION

What lies between two markers is replaced by one `raise NotImplementedError(...)`; everything else
(signatures, docstrings, defaults, branches) stays byte for byte. Anything that looks like a marker
and is not exactly one is an error: a solution must never leak through a typing mistake.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "# BEGIN SOLUTION", "# END SOLUTION"
# Generous on purpose: whoever means something else can word it otherwise.
LOOKS_LIKE = re.compile(
    r"^#+\W*(begin|end)[\W_]*so?l|\b(begin|end)\b.*\bsolutions?\b|^#+\s*solutions?\b", re.IGNORECASE
)
LONE_RETURN = re.compile(r"\r(?!\n)")


class MarkerError(Exception):
    """A malformed marker; the message names file and line."""


@dataclass(frozen=True)
class Region:
    """A marked region: the lines of its markers (from 1) and their indentation."""

    begin: int
    end: int
    indent: str


def starter_of(source: str, path: Path) -> str:
    """The starter file of a solution's source; `path` is for messages.

    Raises MarkerError for nested, unclosed, stray, empty or misspelt markers, for markers that
    disagree in indentation, and for a region outside a function.
    """
    found = regions(source, path)
    functions = _functions(source, path)
    lines = _lines(source)
    for region in reversed(found):
        if any(region.begin < first <= region.end for _, first, _ in functions):
            raise MarkerError(f"{path}, line {region.begin}: a solution that leaves its function")
        name = next((n for n, first, last in functions if first < region.begin <= last), None)
        if name is None:
            raise MarkerError(f"{path}, line {region.begin}: a solution outside any function")
        stub = f'{region.indent}raise NotImplementedError("{name}: your code goes here")\n'
        lines[region.begin - 1 : region.end] = [stub]
    starter = "".join(lines)
    try:
        ast.parse(starter)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise MarkerError(f"{path}: without its solutions it does not parse: {error}") from None
    return starter


def regions(source: str, path: Path) -> list[Region]:
    """The marked regions of a source, in order; MarkerError if any marker is malformed."""
    found: list[Region] = []
    opened: tuple[int, str] | None = None
    for number, indent, comment, alone in _comments(source, path):
        where = f"{path}, line {number}"
        if comment not in (BEGIN, END):
            if LOOKS_LIKE.search(comment):
                raise MarkerError(
                    f"{where}: `{comment}` is not a marker; write `{BEGIN}` or `{END}`"
                )
            continue
        if not alone:
            raise MarkerError(f"{where}: `{comment}` must stand on a line of its own")
        if comment == BEGIN:
            if opened is not None:
                raise MarkerError(f"{where}: `{BEGIN}` inside the one of line {opened[0]}")
            opened = (number, indent)
            continue
        if opened is None:
            raise MarkerError(f"{where}: `{END}` without `{BEGIN}`")
        if opened[1] != indent:
            raise MarkerError(
                f"{where}: `{END}` is not indented like `{BEGIN}` of line {opened[0]}"
            )
        between = [line for line in _lines(source)[opened[0] : number - 1] if line.strip()]
        if not between:
            raise MarkerError(f"{where}: nothing lies between the markers")
        if re.match(r"\s*", between[0])[0] != indent:  # type: ignore[index]
            raise MarkerError(
                f"{path}, line {opened[0]}: the markers are not indented like the code between them"
            )
        found.append(Region(opened[0], number, indent))
        opened = None
    if opened is not None:
        raise MarkerError(f"{path}, line {opened[0]}: `{BEGIN}` is never closed")
    return found


def _lines(source: str) -> list[str]:
    """The lines as Python counts them: `splitlines` would split at form feeds and others too."""
    return io.StringIO(source).readlines()


def _comments(source: str, path: Path) -> list[tuple[int, str, str, bool]]:
    """Every comment: its line, what stands before it, its text, and whether it stands alone."""
    comments = []
    if odd := LONE_RETURN.search(source):  # what it means differs from one Python to another
        line = source.count("\n", 0, odd.start()) + 1
        raise MarkerError(
            f"{path}, line {line}: a carriage return that is not part of a line's end"
        )
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                before = token.line[: token.start[1]]
                text = token.string.rstrip()
                comments.append((token.start[0], before, text, not before.strip()))
    except (tokenize.TokenError, SyntaxError, ValueError) as error:
        raise MarkerError(f"{path}: it cannot be read as Python: {error}") from None
    return comments


def _functions(source: str, path: Path) -> list[tuple[str, int, int]]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise MarkerError(f"{path}, line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        why = str(error) or "it is nested too deeply"
        raise MarkerError(f"{path}: it cannot be read as Python: {why}") from None
    return [
        (node.name, node.lineno, node.end_lineno or node.lineno)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    ]
