"""Whether what came from another machine is a result: of schema 1, and of this assignment.

A result crosses a machine's border as JSON text. Every value is compared with what `results.py`
declares, and every sum with the manifest, before any of it reaches the gradebook.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import math
import types
import typing
from collections.abc import Callable
from enum import StrEnum
from typing import Any, cast

from grader.manifest import Manifest
from grader.results import SCHEMA, Diagnosis, Result, add_points

SHOWN = 60  # characters of a value in a complaint
LARGEST_TEXT = 16 << 20  # of a result; the printed output in it is capped far below


class NoResult(Exception):
    """What was received is no result; the text says where it is not."""


def read_result(text: object, manifest: Manifest) -> dict[str, Any]:
    """The result in a JSON text, as plain data; NoResult if there is none of this assignment."""
    if not isinstance(text, str) or len(text) > LARGEST_TEXT:
        raise NoResult("it is no text, or longer than any result")
    try:
        tree = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise NoResult("it is not JSON") from None
    _is_like(Result, tree, "result")
    result = cast(dict[str, Any], tree)
    _fits(result, manifest)
    return result


def _refuse_constant(name: str) -> float:
    raise ValueError(name)  # NaN and infinity are not JSON


def _fits(result: dict[str, Any], manifest: Manifest) -> None:
    _require(result["schema"] == SCHEMA, "result.schema", result["schema"])
    _require(result["assignment"] == manifest.name, "result.assignment", result["assignment"])
    _require(result["mode"] == "official", "result.mode", result["mode"])
    questions = result["questions"]
    given = [(q["name"], q["max_score"], q["bonus"]) for q in questions]
    known = {(q.name, float(q.points), q.bonus) for q in manifest.questions}
    _require(len(set(given)) == len(given) and known.issuperset(given), "result.questions", given)
    for question in questions:
        where = f"result.questions: {question['name']}"
        _bounded(where, question["score"], question["max_score"])
        for check in question["checks"]:
            _bounded(f"{where}: {check['name']}", check["score"], check["max_score"])
        names = [check["name"] for check in question["checks"]]
        _require(len(set(names)) == len(names), where, names)
        scores = [check["score"] for check in question["checks"]]
        _require(question["score"] == add_points(scores), f"{where}: score", question["score"])
    manual = [(m["name"], m["score"], m["max_score"], m["by"]) for m in result["manual"]]
    unmarked = [(one.name, None, float(one.points), None) for one in manifest.manual]
    _require(manual == unmarked, "result.manual", manual)
    for key, bonus in (("score", False), ("bonus", True)):
        parts = [question for question in questions if question["bonus"] == bonus]
        total = add_points([part["score"] for part in parts])
        _require(result[key] == total, f"result.{key}", result[key])
        most = f"max_{key}"
        added = sum(part["max_score"] for part in parts)
        _require(result[most] == added, f"result.{most}", result[most])


def _bounded(where: str, score: float | None, most: float) -> None:
    _require(score is None or 0 <= score <= most, f"{where}: score", score)


def _is_like(declared: Any, value: Any, where: str) -> None:
    """NoResult unless a plain value has the declared type, all the way down."""
    if typing.get_origin(declared) in (types.UnionType, typing.Union):
        choices = typing.get_args(declared)
        if value is None:
            _require(type(None) in choices, where, value)
        else:
            (only,) = (choice for choice in choices if choice is not type(None))
            _is_like(only, value, where)
    elif typing.get_origin(declared) is list:
        _require(type(value) is list, where, value)
        (item,) = typing.get_args(declared)
        for index, part in enumerate(value):
            _is_like(item, part, f"{where}[{index}]")
    elif dataclasses.is_dataclass(declared):
        fields = _fields(cast(type, declared))
        _require(type(value) is dict and set(value) == set(fields), where, value)
        for name, kind in fields.items():
            _is_like(kind, value[name], f"{where}.{name}")
    elif isinstance(declared, type) and issubclass(declared, StrEnum):
        _require(type(value) is str and value in set(declared), where, value)
    else:
        _require(_SCALARS[declared](value), where, value)


@functools.cache
def _fields(declared: type) -> dict[str, Any]:
    """The fields of a dataclass that are in the JSON."""
    hints = typing.get_type_hints(declared)
    if declared is Diagnosis:  # the rest of it is the judge's own
        return {name: hints[name] for name in ("id", "text")}
    return {field.name: hints[field.name] for field in dataclasses.fields(cast(Any, declared))}


_SCALARS: dict[type, Callable[[Any], bool]] = {
    str: lambda value: type(value) is str,
    bool: lambda value: type(value) is bool,
    int: lambda value: type(value) is int,
    float: lambda value: type(value) in (int, float) and math.isfinite(value),
}


def _require(holds: bool, where: str, value: object) -> None:
    if not holds:
        shown = ascii(value)
        shown = shown if len(shown) <= SHOWN else f"{shown[:SHOWN]}..."
        raise NoResult(f"{where} cannot be {shown}")
