"""CSV files as spreadsheets write them, and cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

DELIMITERS = ",;\t"
# Three digits after a comma may as well be thousands.
DECIMAL = re.compile(r"(-?[0-9]+)(?:[.,]([0-9]{1,2}|[0-9]{4,}))?")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class TableError(Exception):
    """A table cannot be read; the sentence says where and what to do."""


def decoded(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 as Excel's "Unicode text".

    Raises TableError for any other encoding: guessing would change names.
    """
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(
            f"{name}, line {line}: this is not UTF-8. In Excel, save it as "
            '"CSV UTF-8 (Comma delimited)".'
        ) from None
    if "\0" in text:
        raise TableError(f"{name} is not a CSV file: it holds bytes that no text has.")
    return text


def parse(text: str, name: str) -> tuple[list[tuple[int, list[str]]], str]:
    """The rows that are not empty, each with the line it begins on, and the delimiter.

    The delimiter is the one of comma, semicolon and tab that the first row uses most; Excel's
    `sep=;` line is obeyed.
    """
    lines = text.splitlines(keepends=True)
    offset = 0
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        delimiter, offset = lines[0].strip()[4], 1
    else:
        first = next((line for line in lines if line.strip()), "")
        delimiter = max(DELIMITERS, key=_outside_quotes(first).count)
    rows, line = [], offset + 1
    reader = csv.reader(
        io.StringIO("".join(lines[offset:]), newline=""), delimiter=delimiter, strict=True
    )
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line, row))
            line = offset + reader.line_num + 1
    except csv.Error as error:
        raise TableError(f"{name}, line {line}: {error}. Is a quotation mark not closed?") from None
    return rows, delimiter


def written(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """The rows as a CSV text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def harmless(text: str) -> str:
    """A text that others chose, as a cell that no spreadsheet runs as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def points(score: float | None) -> str:
    """A score with two decimals; an empty cell where there is none."""
    return "" if score is None else f"{score:.2f}"


def number(cell: str) -> float | None:
    """The number in a cell, with a decimal point or comma; None if it is not clearly one."""
    text = cell.strip()
    decimals = DECIMAL.fullmatch(text)
    if not decimals:
        return None
    return float(f"{decimals[1]}.{decimals[2] or 0}")


def _outside_quotes(line: str) -> str:
    return "".join(line.split('"')[::2])
