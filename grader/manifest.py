"""The manifest, `assignment/questions.toml`: loaded, validated, and read by everything else."""

from __future__ import annotations

import ast
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.manual import ManualQuestion, read_manual
from grader.reader import ManifestError, Reader, one_line
from grader.sentences import MESSAGES, Sentence, require_sayable
from grader.student.budget import Limits

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
FILE = re.compile(r"[a-z][a-z0-9_]*\.py\Z")


@dataclass(frozen=True)
class Function:
    """A function that students write, as the manifest declares it."""

    name: str
    file: str
    question: str
    signature: str
    arguments: tuple[str, ...]
    results: tuple[str, ...]
    may_change: frozenset[str] = frozenset()
    stays: frozenset[str] = frozenset()

    @property
    def returns(self) -> str:
        """The results as a student writes them: `(out, cache)`, or `dx`."""
        return self.signature.partition("->")[2].strip()


@dataclass(frozen=True)
class Question:
    """One question: its points and the functions that answer it."""

    name: str
    title: str
    points: int
    bonus: bool
    hint: str
    functions: tuple[Function, ...] = ()
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """The whole assignment: questions in their order, limits, and the report's sentences."""

    path: Path
    name: str
    title: str
    questions: tuple[Question, ...]
    limits: Limits
    messages: Mapping[str, str] = field(repr=False)
    conventions: Mapping[str, str] = field(default_factory=dict)
    classroom: Mapping[str, Any] = field(default_factory=dict)  # [class], as it is written
    manual: tuple[ManualQuestion, ...] = ()  # what persons mark

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Every function by its name."""
        return {
            function.name: function
            for question in self.questions
            for function in question.functions
        }

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files that students hand in, in the order of the questions."""
        return tuple(dict.fromkeys(function.file for function in self.functions.values()))

    def question(self, name: str) -> Question:
        """The question of that name; KeyError if there is none."""
        for question in self.questions:
            if question.name == name:
                return question
        raise KeyError(name)

    def say(self, message: str, /, **values: object) -> str:
        """The report's sentence `message`, filled in; a value may be a sentence itself."""
        said = {
            name: self.say(value.key, **value.values) if isinstance(value, Sentence) else value
            for name, value in values.items()
        }
        return self.messages[message].format(**said)


def load_manifest(path: Path) -> Manifest:
    """Read and validate a manifest.

    Raises ManifestError, in one sentence, for anything that is missing, unknown, duplicated, of the
    wrong type, or that does not add up.
    """
    read = Reader(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ManifestError(f"{path} is missing: this is not an assignment's folder") from None
    except RecursionError:
        raise ManifestError(f"{path}: it is nested too deeply") from None
    except (OSError, ValueError) as error:  # not UTF-8, not TOML, a number of too many digits
        raise ManifestError(f"{path}: {one_line(str(error))}") from error

    if read.take(table, "top", "schema", int) != 1:
        raise read.fail("top", "only schema 1 is known")
    name = read.take(table, "top", "name", str)
    title = read.take(table, "top", "title", str)
    totals = {
        False: read.take(table, "top", "points", int),
        True: read.take(table, "top", "bonus", int, 0),
    }
    limits = _limits(read, read.take(table, "top", "limits", dict))
    conventions = read.take(table, "top", "conventions", dict, {})
    if not all(isinstance(value, str) for value in conventions.values()):
        raise read.fail("conventions", "every value must be a string")
    messages = _messages(read, read.take(table, "top", "messages", dict))
    classroom = read.take(table, "top", "class", dict, {})
    questions = tuple(
        _question(read, entry, index)
        for index, entry in enumerate(read.take(table, "top", "question", list), start=1)
    )
    manual = read_manual(read, read.take(table, "top", "manual", list, []))
    read.nothing_left(table, "top")

    _unique(read, "question", [question.name for question in questions])
    functions = [function for question in questions for function in question.functions]
    _unique(read, "function", [function.name for function in functions])
    names = [question.name for question in questions]
    for part in manual:
        if part.name in names:
            raise read.fail(f"manual {part.name}", "there is a question of that name, too")
    for index, question in enumerate(questions):
        for used in question.uses:
            if used not in names:
                raise read.fail(f"question {question.name}", f"`uses` names no question: {used}")
            if used not in names[:index]:
                raise read.fail(f"question {question.name}", f"it uses {used}, which comes later")
    for bonus, total in totals.items():
        found = sum(question.points for question in questions if question.bonus == bonus)
        if found != total:
            key = "bonus" if bonus else "points"
            raise read.fail("top", f"the questions' {key} add up to {found}, not to {total}")
    return Manifest(path, name, title, questions, limits, messages, conventions, classroom, manual)


def _question(read: Reader, entry: Any, index: int) -> Question:
    where = f"question {index}"
    if type(entry) is not dict:
        raise read.fail(where, "must be a table")
    entry = dict(entry)
    name = read.take(entry, where, "name", str)
    if not NAME.match(name):
        raise read.fail(where, f"`name` must be lower_case letters, not {name!r}")
    where = f"question {name}"
    title = read.take(entry, where, "title", str)
    points = read.take(entry, where, "points", int)
    if points <= 0:
        raise read.fail(where, "`points` must be positive")
    bonus = read.take(entry, where, "bonus", bool, False)
    hint = read.take(entry, where, "hint", str)
    if not hint.strip():
        raise read.fail(where, "`hint` is empty")
    uses = read.names(entry, where, "uses")
    signatures = read.names(entry, where, "functions")
    may_change = read.names(entry, where, "may_change")
    stays = read.names(entry, where, "stays")
    if not signatures and not uses:
        raise read.fail(where, "it needs `functions`, or `uses` where it has none of its own")
    file = ""
    if signatures:
        file = read.take(entry, where, "file", str)
        if not FILE.match(file):
            raise read.fail(where, f"`file` must be like `name.py`, not {file!r}")
    read.nothing_left(entry, where)
    functions = tuple(
        _function(read, where, signature, file, name, may_change, stays) for signature in signatures
    )
    _known(read, where, "may_change", may_change, (f.arguments for f in functions))
    _known(read, where, "stays", stays, (f.results for f in functions))
    return Question(name, title, points, bonus, hint, functions, uses)


def _function(
    read: Reader,
    where: str,
    signature: str,
    file: str,
    question: str,
    may_change: tuple[str, ...],
    stays: tuple[str, ...],
) -> Function:
    head, arrow, results = signature.partition("->")
    try:
        definition = ast.parse(f"def {head.strip()}: pass").body[0]
        returned = ast.parse(results.strip(), mode="eval").body
        assert arrow and isinstance(definition, ast.FunctionDef)
        items = returned.elts if isinstance(returned, ast.Tuple) else [returned]
        result_names = tuple(item.id for item in items if isinstance(item, ast.Name))
        assert len(result_names) == len(items)
    except (SyntaxError, AssertionError, IndexError, ValueError, RecursionError, MemoryError):
        raise read.fail(where, f"not a signature like `f(a, b) -> (c, d)`: {signature}") from None
    given = definition.args
    arguments = tuple(argument.arg for argument in given.args)
    named_only = (*given.posonlyargs, *given.kwonlyargs, given.vararg, given.kwarg)
    if any(named_only) or not result_names or "\n" in signature:
        raise read.fail(where, f"not a signature like `f(a, b) -> (c, d)`: {signature}")
    return Function(
        definition.name,
        file,
        question,
        signature,
        arguments,
        result_names,
        frozenset(may_change) & frozenset(arguments),
        frozenset(stays) & frozenset(result_names),
    )


def _limits(read: Reader, table: dict[str, Any]) -> Limits:
    table = dict(table)
    limits = Limits(
        call_seconds=read.take(table, "limits", "call_seconds", float),
        check_seconds=read.take(table, "limits", "check_seconds", float),
        submission_seconds=read.take(table, "limits", "submission_seconds", float),
        memory_bytes=read.take(table, "limits", "memory_mib", int) << 20,
        output_bytes=read.take(table, "limits", "output_kib", int) << 10,
    )
    read.nothing_left(table, "limits")
    if not (
        0 < limits.call_seconds <= limits.check_seconds <= limits.submission_seconds < math.inf
        and limits.memory_bytes > 0
        and limits.output_bytes > 0
    ):
        order = "call_seconds <= check_seconds <= submission_seconds"
        raise read.fail("limits", f"every limit must be positive, and {order}")
    return limits


def _messages(read: Reader, table: dict[str, Any]) -> dict[str, str]:
    table = dict(table)
    messages = {}
    for key in MESSAGES:
        messages[key] = read.take(table, "messages", key, str)
        try:
            require_sayable(key, messages[key])
        except ValueError as error:
            raise read.fail("messages", str(error)) from None
    read.nothing_left(table, "messages")
    return messages


def _unique(read: Reader, what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise read.fail(f"{what} {name}", "it is there twice")


def _known(
    read: Reader, where: str, key: str, names: tuple[str, ...], known: Iterable[tuple[str, ...]]
) -> None:
    everything = {name for group in known for name in group}
    for name in names:
        if name not in everything:
            raise read.fail(where, f"`{key}` names {name}, which no signature has")
