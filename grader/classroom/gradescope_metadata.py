"""Gradescope's `submission_metadata.yml`: who handed in each folder of an export, and when.

It is the YAML that Ruby writes (keys are symbols: `:name:`), and most of it is the output of
students' programs. Only lines of the depths that matter are read, so no YAML library is needed and
nothing that a program printed, which lies deeper, can be taken for a submitter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.classroom.times import parse_time

_FOLDER = re.compile(r"(['\"]?)([^\s'\":][^'\":]*)\1:\s*\Z")
_KEY = re.compile(r"(?P<indent> *)(?P<item>- +)?:?(?P<key>[a-z_]+):(?P<value>\s.*|)\Z")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?(Z|[+-]\d\d:?\d\d))")
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|U[0-9A-Fa-f]{8}|e|0|a|v|_|N)")


@dataclass(frozen=True)
class Submitter:
    """One of those who handed in a submission, as Gradescope knows them."""

    name: str = ""
    sid: str = ""
    email: str = ""


@dataclass(frozen=True)
class Metadata:
    """One folder of the export."""

    submitters: tuple[Submitter, ...]
    created_at: datetime | None


def parse_metadata(text: str) -> dict[str, Metadata]:
    """The submissions, by the name of their folder."""
    found: dict[str, Metadata] = {}
    folder, block = "", list[str]()
    for line in [*text.replace("\r\n", "\n").split("\n"), "end:"]:
        if line[:1] in (" ", "\t", "-", "#", ""):  # `---`, or inside a submission
            block.append(line)
        elif match := _FOLDER.match(line):
            if folder:
                found[folder] = _submission(block)
            folder, block = match[2], []
    return found


def _submission(block: list[str]) -> Metadata:
    sections = dict(_sections(block))
    return Metadata(
        tuple(_submitters(sections.get("submitters", []))), _time(sections.get("created_at", []))
    )


def _sections(block: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The parts of a submission: the keys that are indented least, each with its lines."""
    depth, key, lines = 0, "", list[str]()
    for line in block:
        match = _KEY.match(line)
        if match and not match["item"] and (not depth or len(match["indent"]) == depth):
            if key:
                yield key, lines
            depth, key, lines = len(match["indent"]), match["key"], [match["value"]]
        else:
            lines.append(line)
    if key:
        yield key, lines


def _time(lines: list[str]) -> datetime | None:
    """The first time; Ruby's TimeWithZone writes the one in UTC first."""
    for line in lines:
        if match := _TIME.search(line):
            return parse_time(match[0], UTC)
    return None


def _submitters(lines: list[str]) -> Iterator[Submitter]:
    entries: list[dict[str, str]] = []
    key = ""
    for line in lines:
        match = _KEY.match(line)
        if match and match["item"]:
            entries.append({})
        if match and entries:
            key = match["key"]
            entries[-1][key] = match["value"].strip()
        elif key and entries and line.strip():  # a long text goes on in the next line
            entries[-1][key] += f" {line.strip()}"
    for entry in entries:
        values = {name: _scalar(entry.get(name, "")) for name in ("name", "sid", "email")}
        if any(values.values()):
            yield Submitter(**values)


def _scalar(text: str) -> str:
    """A YAML scalar: plain, or in single or double quotes."""
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(_ESCAPE.sub(_unicode, text)))
        except ValueError:
            return text[1:-1]
    return "" if text in ("~", "null") else text


def _unicode(match: re.Match[str]) -> str:
    """YAML's own escapes as JSON's."""
    code = match[1]
    plain = {"e": 0x1B, "0": 0, "a": 7, "v": 11, "_": 0xA0, "N": 0x85}
    number = plain[code] if code in plain else int(code[1:], 16)
    return json.dumps(chr(number))[1:-1] if number < 0x110000 else ""
