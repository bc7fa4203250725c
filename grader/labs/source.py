"""A lab's source: a Python file in the percent format, read into cells.

A cell begins with a line `# %%` (code) or `# %% [markdown]`; what follows on that line is metadata,
`name="a-name"` and `tags=["a", "b"]`. Markdown is written in comments. Jupytext and editors that
know cells read the same format.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from grader.labs import ANSWER, EMPTY_ANSWER, PICTURE, QUESTION

TAGS = (QUESTION, ANSWER, PICTURE)

MARKER = re.compile(r"# ?%%(?P<rest>.*)")
KIND = re.compile(r"\s*\[(?P<kind>[^\]]*)\](?=\s|\Z)")
METADATA = re.compile(r'\s*(?P<key>[a-z]+)=(?P<value>"[^"]*"|\[[^\]]*\])(?=\s|\Z)')
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class LabError(Exception):
    """A lab's source cannot be used; the sentence names the file, the line and what is expected."""


@dataclass(frozen=True)
class Cell:
    """One cell: its text as a notebook shows it, and its metadata."""

    kind: Literal["code", "markdown"]
    source: str
    name: str = ""
    tags: tuple[str, ...] = ()


def parse(text: str, where: str) -> list[Cell]:
    """The cells of a percent-format source; `where` is the file's name in what LabError says."""
    cells: list[Cell] = []
    lines: list[str] = []
    header, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        marker = MARKER.fullmatch(line)
        if marker is None:
            lines.append(line)
            continue
        if start:
            cells.append(_cell(header, lines, f"{where}:{start}"))
        elif any(map(str.strip, lines)):
            raise LabError(
                f"{where}:1: the file must begin with a cell, `# %%` or `# %% [markdown]`."
            )
        header, start, lines = marker["rest"], number, []
    if not start:
        raise LabError(f"{where}: there is no cell, which begins with `# %%` or `# %% [markdown]`.")
    cells.append(_cell(header, lines, f"{where}:{start}"))
    _require_order(cells, where)
    return cells


def write(cells: list[Cell]) -> str:
    """The percent format of cells: what `parse` reads into the same cells."""
    return "\n".join(_written(cell) for cell in cells)


def question_names(cells: list[Cell]) -> list[str]:
    """The names of the inline questions, in their order."""
    return [cell.name for cell in cells if QUESTION in cell.tags]


def _cell(header: str, lines: list[str], where: str) -> Cell:
    kind, end = "code", 0
    if match := KIND.match(header):
        kind, end = match["kind"], match.end()
    if kind not in ("code", "markdown"):
        raise LabError(f"{where}: a cell is `[markdown]` or, without brackets, code; not [{kind}].")
    name, tags = _metadata(header[end:], where)
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    while lines and not lines[0].strip():
        lines = lines[1:]
    if not lines:
        raise LabError(f"{where}: this cell is empty.")
    if kind == "code":
        return Cell("code", "\n".join(lines), name, tags)
    return Cell("markdown", "\n".join(_uncommented(lines, where)), name, tags)


def _metadata(text: str, where: str) -> tuple[str, tuple[str, ...]]:
    name, tags = "", ()
    while text.strip():
        match = METADATA.match(text)
        if match is None:
            raise LabError(
                f"{where}: {text.strip()!r} is no metadata, which is written "
                'name="a-name" tags=["answer"].'
            )
        key, value = match["key"], _json(match["value"], where)
        if key == "name" and isinstance(value, str) and NAME.fullmatch(value):
            name = value
        elif key == "tags" and isinstance(value, list) and all(tag in TAGS for tag in value):
            tags = tuple(value)
        else:
            raise LabError(
                f"{where}: {match[0].strip()}: a name is lower-case words with hyphens, and tags "
                f"are of {', '.join(TAGS)}."
            )
        text = text[match.end() :]
    return name, tags


def _json(text: str, where: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise LabError(f"{where}: {text} is neither a string nor a list of strings.") from None


def _uncommented(lines: list[str], where: str) -> Iterator[str]:
    for offset, line in enumerate(lines, start=1):
        if not line.strip():
            yield ""
        elif line.startswith("# "):
            yield line[2:].rstrip()
        elif line.rstrip() == "#":
            yield ""
        else:
            raise LabError(f"{where} (line {offset} of the cell): markdown is written in comments.")


def _require_order(cells: list[Cell], where: str) -> None:
    """Names are unique, every question has its answer cell below it, one picture at most."""
    names = [cell.name for cell in cells if cell.name]
    for name in names:
        if names.count(name) > 1:
            raise LabError(f"{where}: two cells have the name {name!r}.")
    following = [*cells[1:], None]
    for cell, after in zip(cells, following, strict=True):
        if QUESTION in cell.tags:
            wanted = Cell("markdown", EMPTY_ANSWER, f"{cell.name}-answer", (ANSWER,))
            if not cell.name or cell.kind != "markdown" or after != wanted:
                raise LabError(
                    f"{where}: the question {cell.name!r} must be a markdown cell with a name, and "
                    f'the next cell `# %% [markdown] name="{cell.name}-answer" tags=["answer"]` '
                    f"with the text {EMPTY_ANSWER}"
                )
    before = [None, *cells[:-1]]
    for cell, above in zip(cells, before, strict=True):
        if ANSWER in cell.tags and (above is None or QUESTION not in above.tags):
            raise LabError(f"{where}: the answer cell {cell.name!r} is below no question.")
    pictures = [cell for cell in cells if PICTURE in cell.tags]
    if len(pictures) > 1 or any(cell.kind != "code" for cell in pictures):
        raise LabError(f'{where}: one code cell, no more, has the tag "{PICTURE}".')


def _written(cell: Cell) -> str:
    header = "# %%" if cell.kind == "code" else "# %% [markdown]"
    if cell.name:
        header += f' name="{cell.name}"'
    if cell.tags:
        header += f" tags={json.dumps(list(cell.tags))}"
    lines = cell.source.split("\n")
    if cell.kind == "markdown":
        lines = [f"# {line}".rstrip() for line in lines]
    return "\n".join([header, *lines, ""])
