"""The manifest, `assignment/questions.toml`: loaded, validated, and read by everything else."""

from __future__ import annotations

import ast
import math
import re
import string
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from grader.results import Status
from grader.sentences import Sentence
from grader.student.budget import Limits

NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
FILE = re.compile(r"[a-z][a-z0-9_]*\.py\Z")


class ManifestError(Exception):
    """The manifest is wrong; the message names the file and the place."""


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


# Every sentence that the grader may need, with the values it is filled with.
MESSAGES: Mapping[str, frozenset[str]] = {
    key: frozenset(values.split())
    for key, values in {
        "no_file": "function file",
        "no_function": "function file",
        "not_implemented": "function type text",
        "raised": "function type text",
        "raised_hidden": "function type",
        "raised_at": "file line source",
        "unavailable": "function package",
        "unavailable_hidden": "function",
        "exited": "function code",
        "exited_hidden": "function",
        "killed": "function code",
        "killed_hidden": "function",
        "hung_up": "function",
        "timeout": "function seconds",
        "timeout_computing": "function seconds",
        "timeout_again": "function times",
        "timeout_check": "function seconds",
        "timeout_submission": "function seconds",
        "memory": "function type text",
        "memory_hidden": "function",
        "bad_frame": "function why",
        "bad_return": "function got expected",
        "bad_return_hidden": "function expected",
        "bad_argument": "function what",
        "bad_item": "what got expected",
        "bad_item_hidden": "what expected",
        "shape": "where what got expected",
        "shape_hidden": "where what",
        "dtype": "where what got expected",
        "nonfinite": "where what index got count size",
        "nonfinite_hidden": "where what",
        "value": "where what index got expected error allowed share",
        "value_hidden": "where what error allowed share",
        "share_one": "",
        "share_all": "size",
        "share_some": "count size",
        "blocked": "questions",
        "not_counted": "check",
        "follow_through": "",
        "variant": "note",
        "note_in_place": "what",
        "note_elsewhere": "function found_in file",
        "pattern_factor": "what factor",
        "pattern_factors": "what factors",
        "pattern_sign": "what",
        "pattern_offset": "what offset",
        "pattern_drift": "what",
        "pattern_rows": "what rows",
        "pattern_columns": "what columns",
        "pattern_transposed": "what",
        "pattern_per_example": "what",
        "note_shape": "what got expected",
        "note_slow": "function seconds",
        "note_float64": "what",
        "diagnosed": "cause",
        "diagnosed_loosely": "cause",
        "diagnosed_pair": "first second",
        "diagnosed_pair_loosely": "first second",
        "grader_fault": "text",
        "unreadable": "why",
        "refused_kind": "name",
        "refused_empty": "name",
        "refused_damaged": "name",
        "refused_unreadable": "name why",
        "refused_outside": "name",
        "refused_name": "name",
        "refused_path": "name count",
        "refused_link": "name",
        "refused_special": "name",
        "refused_twice": "name other",
        "refused_encrypted": "name",
        "refused_method": "name",
        "refused_large": "name mib",
        "refused_many": "count",
        "refused_total": "mib",
        "refused_members": "count",
        "refused_directory": "mib",
        "refused_unpacked": "mib",
        "refused_notebook": "name",
        "refused_notebook_large": "name mib",
        "refused_notebook_code": "name cells kib cell_kib",
        "source_pasted": "",
        "source_not_utf8": "file",
        "fix_first": "",
        "not_started": "",
        "waiting_for": "questions",
        "again": "command",
        "also": "checks",
        "printed": "",
        "printed_hidden": "",
        "note": "text",
        "first_step": "function file",
        "all_done": "",
        "saved": "file age",
        "weak_isolation": "active missing",
        "withheld": "count",
        "total_hidden": "",
        "bonus_apart": "bonus max_bonus",
        "lab_redefined": "function file",
        "lab_steps": "",
        "lab_step": "",
        "lab_ratio": "",
        "lab_path": "what",
        "lab_not_run": "lab count",
        "lab_error": "lab",
        "lab_unanswered": "lab questions",
        "lab_unreadable": "lab",
        "page_language": "",
        "page_skip": "",
        "page_score": "",
        "page_of_points": "most",
        "page_bonus": "score most",
        "page_is_bonus": "",
        "page_first": "",
        "page_start": "",
        "page_questions": "",
        "page_counts": "passed count",
        "page_output": "",
        "page_about": "",
        "page_mode": "",
        "page_digest": "",
        "page_seed": "",
        "page_graded_at": "",
        "page_took": "",
        "page_isolation": "",
        "page_environment": "",
        "page_version": "",
        "page_corrections": "",
        "page_earned": "",
        "page_late": "",
        "page_override": "author",
        "page_override_question": "author question",
        "page_final": "",
        "page_manual": "",
        "page_home": "",
        "picture_heatmap": "what shape count size",
        "picture_curve": "what count got expected",
        **{f"status_{status}": "" for status in Status},
    }.items()
}


# The values that are numbers, and may have a format like `{seconds:g}`.
NUMBERS = frozenset({"seconds", "error", "allowed"})


LARGEST = 1 << 53  # of any number here; beyond it a float is not exact
WIDE = re.compile(r":[^{}]*\d{3}[^{}]*\}")  # `{x:>100}`: nobody's report, but a lot of memory
LONGEST = 400  # characters of a complaint


def _one_line(text: str) -> str:
    """A text that may hold anything from the file, fit to be shown."""
    shown = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown}..."


class Reader:
    """Takes values out of the parsed file and complains with the place."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, where: str, what: str) -> ManifestError:
        return ManifestError(f"{self.path}: {_one_line(f'{where}: {what}')}")

    def take(
        self, table: dict[str, Any], where: str, key: str, kind: type, default: Any = None
    ) -> Any:
        if key not in table:
            if default is not None:
                return default
            raise self.fail(where, f"`{key}` is missing")
        value = table.pop(key)
        if type(value) is int and abs(value) > LARGEST:
            raise self.fail(where, f"`{key}` is out of range")
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise self.fail(where, f"`{key}` must be a {kind.__name__}, not {value!r}")
        return value

    def names(self, table: dict[str, Any], where: str, key: str) -> tuple[str, ...]:
        values = self.take(table, where, key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.fail(where, f"`{key}` must be a list of strings")
        if len(set(values)) != len(values):
            raise self.fail(where, f"`{key}` lists something twice")
        return tuple(values)

    def nothing_left(self, table: dict[str, Any], where: str) -> None:
        if table:
            raise self.fail(where, f"unknown key `{next(iter(table))}`")


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
        raise ManifestError(f"{path}: {_one_line(str(error))}") from error

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
    read.nothing_left(table, "top")

    _unique(read, "question", [question.name for question in questions])
    functions = [function for question in questions for function in question.functions]
    _unique(read, "function", [function.name for function in functions])
    names = [question.name for question in questions]
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
    return Manifest(path, name, title, questions, limits, messages, conventions, classroom)


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
    for key, known in MESSAGES.items():
        text = read.take(table, "messages", key, str)
        try:
            used = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            if unknown := used - known:
                name = unknown.pop()
                raise read.fail("messages", f"`{key}` uses {{{name}}}, which it is not given")
            if WIDE.search(text):
                raise read.fail("messages", f"`{key}` asks for a number of more than 99 signs")
            text.format(**{name: 1.0 if name in NUMBERS else "x" for name in known})
        except (ValueError, KeyError, IndexError) as error:
            raise read.fail("messages", f"`{key}`: {error}") from None
        messages[key] = text
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
