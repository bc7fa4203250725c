"""Three-way merge of functions: two changes of one function, put together.

The merge works on syntax trees, so that layout, comments, docstrings and annotations do not matter,
and two changes meet only where they change the same statement or expression.
"""

from __future__ import annotations

import ast
import difflib
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Function = Callable[..., Any]


class Conflict(Exception):
    """Both changes concern the same place and differ there."""


def merge(base: ast.FunctionDef, one: ast.FunctionDef, other: ast.FunctionDef) -> ast.FunctionDef:
    """The base function with both changes; Conflict where they get in each other's way."""
    merged: ast.FunctionDef = _merge(base, one, other)
    return ast.fix_missing_locations(merged)


def tree_of(function: Function) -> ast.FunctionDef | None:
    """A plain function's tree, by itself; None if its source says less than the function knows."""
    if getattr(getattr(function, "__code__", None), "co_freevars", True):
        return None
    try:
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    except (OSError, TypeError, ValueError, SyntaxError):
        return None
    if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
        return None
    if ast.get_docstring(tree) is not None:
        del tree.body[0]
    tree.name, tree.returns = "merged", None
    for argument in ast.walk(tree.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return tree


def same(a: Any, b: Any) -> bool:
    """Whether two trees, lists of trees or constants are the same."""
    if isinstance(a, ast.AST):
        return type(a) is type(b) and all(
            same(getattr(a, name, None), getattr(b, name, None)) for name in a._fields
        )
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and bool(a == b)


def _merge(base: Any, one: Any, other: Any) -> Any:
    if same(one, base):
        return other
    if same(other, base) or same(one, other):
        return one
    if isinstance(base, list) and isinstance(one, list) and isinstance(other, list):
        return _merge_lists(base, one, other)
    if not (isinstance(base, ast.AST) and type(base) is type(one) is type(other)):
        raise Conflict
    if isinstance(base, ast.expr) and any(_is_another(base, tree) for tree in (one, other)):
        raise Conflict
    trees = (base, one, other)
    fields = {name: _merge(*(getattr(tree, name) for tree in trees)) for name in base._fields}
    return type(base)(**fields)


def _is_another(base: ast.AST, changed: ast.AST) -> bool:
    """Whether an expression is another one, rather than the same with a change inside.

    `a - b` is not `b` with three changes in it, though both may be differences.
    """
    return sum(not same(getattr(base, f), getattr(changed, f)) for f in base._fields) > 1


def _merge_lists(base: list[Any], one: list[Any], other: list[Any]) -> list[Any]:
    edits, others = _edits(base, one), _edits(base, other)
    merged: list[Any] = []
    for index, (new, new_there) in enumerate(zip(edits.new, others.new, strict=True)):
        merged += _merge_additions(new, new_there)
        if index < len(base):
            merged += _merge_item(base[index], edits.kept[index], others.kept[index])
    return merged


@dataclass
class _Edits:
    """What became of a list: what is new before each item and at the end; the item, or None."""

    new: list[list[Any]]
    kept: list[Any]


def _edits(base: list[Any], changed: list[Any]) -> _Edits:
    edits = _Edits([[] for _ in range(len(base) + 1)], list(base))
    before, after = ([_text(item) for item in items] for items in (base, changed))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag != "equal" and end - start == last - first:
            edits.kept[start:end] = changed[first:last]
        elif tag != "equal":
            edits.kept[start:end] = [None] * (end - start)
            edits.new[start] = changed[first:last]
    return edits


def _merge_additions(one: list[Any], other: list[Any]) -> list[Any]:
    if one and other and not same(one, other):
        raise Conflict
    return one or other


def _merge_item(base: Any, one: Any, other: Any) -> list[Any]:
    merged = _merge(base, one, other)
    return [] if merged is None else [merged]


def _text(item: Any) -> str:
    return ast.dump(item) if isinstance(item, ast.AST) else repr(item)
