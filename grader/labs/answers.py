"""The answers in a student's notebooks: found by the names of their cells, taken as plain text.

Nothing is executed, and nothing in a notebook is believed: what is no notebook has no answers, and
of what is one only the texts of its answer cells are taken, each up to a size.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from grader.intake.notebooks import all_cells, source_of
from grader.labs import EMPTY_ANSWER
from grader.manual import ManualQuestion

SUFFIX = "-answer"  # of an answer cell's name, after its question's
MAX_ANSWER = 20_000  # characters; a cell of a spreadsheet takes 32,767
CUT = "\n[cut here: longer than an answer can be]"
# The ids of cells that were handed out and have no name: see `notebook`.
GIVEN = re.compile(r"(markdown|code)-[0-9a-f]{8}(-\d+)?\Z")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def is_empty(text: str) -> bool:
    """Whether a cell holds nothing but what was there from the beginning."""
    return not text.replace(EMPTY_ANSWER, "").replace(EMPTY_ANSWER.strip("*"), "").strip("* \n\t")


def answers_in(
    notebooks: Mapping[str, bytes], questions: Iterable[ManualQuestion]
) -> tuple[dict[str, str], list[str]]:
    """The answer to every question that is in the notebooks, and the notebooks that are none.

    An answer that was not written is "". Where several notebooks hold a question, that with the
    lab's own name is believed, and another one only if nothing is written there.
    """
    labs = {question.name: question.lab for question in questions}
    written: dict[str, list[str]] = defaultdict(list)
    others: dict[str, list[str]] = defaultdict(list)
    unreadable = []
    for name, content in notebooks.items():
        try:
            found = list(_answers(all_cells(content), labs))
        except ValueError:
            unreadable.append(name)
            continue
        for question, text in found:
            own = PurePosixPath(name).stem == labs[question]
            (written if own else others)[question].append(text)
    answers = {}
    for question in labs:
        if question in written or question in others:
            answers[question] = _joined(written[question]) or _joined(others[question])
    return answers, unreadable


def digest_of(text: str) -> str:
    """What identifies an answer."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _answers(cells: list[dict[str, Any]], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """(question, text) of its cell, and of the cells that were added right below it.

    Splitting or copying a cell leaves its name to both: then there are several.
    """
    current = ""
    for cell in cells:
        question = _question(cell, known)
        if question or not _is_added(cell):
            current = question
        if current:
            yield current, source_of(cell)


def _question(cell: Mapping[str, Any], known: Collection[str]) -> str:
    metadata = cell.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    for label in (name, cell.get("id")):  # some editors keep only one of them
        if isinstance(label, str) and label.endswith(SUFFIX):
            question = label.removesuffix(SUFFIX)
            if question in known:
                return question
    return ""


def _is_added(cell: Mapping[str, Any]) -> bool:
    """Whether it is text that a student has put below; without an id nobody can tell."""
    metadata, id = cell.get("metadata"), cell.get("id")
    named = isinstance(metadata, dict) and "name" in metadata
    mine = isinstance(id, str) and not GIVEN.match(id)
    return mine and not named and cell.get("cell_type") in ("markdown", "raw")


def _joined(texts: Iterable[str]) -> str:
    """The texts as one, each once, without the prompt and without what is no text."""
    shown = (CONTROLS.sub("\ufffd", text.replace(EMPTY_ANSWER, "")).strip() for text in texts)
    whole = "\n\n".join(dict.fromkeys(text for text in shown if not is_empty(text)))
    return whole if len(whole) <= MAX_ANSWER else whole[:MAX_ANSWER].rstrip() + CUT
