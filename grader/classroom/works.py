"""What a submission holds of a student's own: its files and comments, less what was handed out.

Texts are compared without white space, so that neither line endings nor a formatter hide a copy.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from grader.intake.cells import place_in
from grader.intake.names import Refused
from grader.intake.notebooks import all_code_cells
from grader.project import Project

# Shorter comments ("# the running mean") are alike by nature; counted without white space.
LONG = 20
PLACE_AT_MOST = 80  # characters
KEPT = 500  # comments of one submission, and characters of one comment


@dataclass(frozen=True)
class Work:
    """A submission, as far as it is a student's own.

    files: what identifies a file's text, and the file's name
    comments: what identifies a comment, and the comment with the text's identity
    """

    files: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What identifies all of it; "" where nothing is a student's own."""
        return " ".join(sorted(self.files))


@dataclass(frozen=True)
class HandedOut:
    """The lines and comments that every student was given."""

    lines: frozenset[str] = frozenset()
    comments: frozenset[str] = frozenset()

    def own_work(self, files: Mapping[str, bytes]) -> Work:
        """What is a student's own; a file with none but given lines, unfinished, is not in it."""
        names: dict[str, str] = {}
        comments: dict[str, tuple[str, str]] = {}
        for name, content in sorted(files.items()):
            lines = [_without_place(line) for line in _lines(content)]
            squeezed = [_squeezed(line) for line in lines]
            if all(line in self.lines for line in squeezed if line):
                continue
            text = "".join(squeezed).encode("utf-8", "surrogatepass")
            identity = hashlib.sha256(text).hexdigest()
            names.setdefault(identity, name)
            for comment in _comments("".join(f"{line}\n" for line in lines)):
                key = _key(comment)
                if len(key) >= LONG and key not in self.comments and len(comments) < KEPT:
                    comments.setdefault(key, (comment[:KEPT], identity))
        return Work(names, comments)


def handed_out(project: Project) -> HandedOut:
    """What the project gives to students: starter files, the assignment's own, their notebooks."""
    sources: list[bytes] = []
    for folder in (project.starter, project.assignment):
        sources += [path.read_bytes() for path in sorted(folder.rglob("*.py"))]
        for path in sorted(folder.rglob("*.ipynb")):
            try:
                cells = dict(all_code_cells({path.name: path.read_bytes()})).get(path.name, [])
            except Refused:
                continue  # half written, and so not what was handed out
            sources += [cell.encode("utf-8", "surrogatepass") for cell in cells]
    lines: set[str] = set()
    comments: set[str] = set()
    for source in sources:
        given = _lines(source)
        lines.update(map(_squeezed, given))
        comments.update(_key(comment) for comment in _comments("\n".join(given)))
    return HandedOut(frozenset(lines), frozenset(comments))


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _without_place(line: str) -> str:
    """A line without the comment that reading a notebook has put at its end."""
    start, end = line[:-PLACE_AT_MOST], line[-PLACE_AT_MOST:]
    found = place_in(end)
    return start + found[0] if found else line


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _key(comment: str) -> str:
    """A comment without white space, its signs at both ends, and capitals."""
    return _squeezed(comment).strip("#.:!-=*~_ ").casefold()


def _comments(source: str) -> Iterator[str]:
    """Every comment of a source, as far as Python can read it."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.string.lstrip("# ").rstrip()
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
