"""What is known of a function before it is changed: its names, and where it keeps its state."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

CONTAINER, TEXT, VALUE = "container", "text", "value"


@dataclass(frozen=True)
class Scope:
    """What an operator may know of the function around a node."""

    bound: Mapping[str, int]  # the line that first gives each local name a value; arguments: 0
    kinds: Mapping[str, str]  # by local name: a container, a text, or a value
    strings: tuple[str, ...]
    entries: Mapping[str, str]  # by local name: the entry, as d["key"], in which it is stored

    def alike(self, name: ast.Name) -> list[str]:
        """The other local names of the same kind that have a value where this one is read."""
        kind = self.kinds.get(name.id)
        return [
            other
            for other, line in self.bound.items()
            if other != name.id and line < name.lineno and self.kinds[other] == kind
        ]


def scope_of(function: ast.FunctionDef) -> Scope:
    """What operators may know of a function."""
    bound = {argument.arg: 0 for argument in function.args.args}
    kinds = dict.fromkeys(bound, VALUE)
    strings: dict[str, None] = {}
    entries: dict[str, str] = {}
    for node in nodes_of(function):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                bound[name] = min(bound.get(name, node.lineno), node.lineno)
                kinds.setdefault(name, VALUE)
            case ast.Constant(value=str(text)):
                strings[text] = None
    for node in nodes_of(function):
        match node:
            case (
                ast.Subscript(value=ast.Name(id=name))
                | ast.Attribute(value=ast.Name(id=name), attr="get" | "setdefault")
            ):
                kinds[name] = CONTAINER
            case ast.Compare(left=ast.Name(id=name), comparators=[ast.Constant(value=str())]):
                kinds[name] = TEXT
            case ast.Assign(targets=[target], value=value):
                for left, right in _pairs(target, value):
                    if isinstance(right, ast.Tuple) and isinstance(left, ast.Name):
                        kinds[left.id] = CONTAINER
                    elif isinstance(left, ast.Tuple) and isinstance(right, ast.Name):
                        kinds[right.id] = CONTAINER
                    elif isinstance(left, ast.Subscript) and isinstance(right, ast.Name):
                        load = ast.Subscript(left.value, left.slice, ast.Load())
                        entries[right.id] = ast.unparse(load)
    known = {name: kinds[name] for name in bound}
    return Scope(bound, known, tuple(strings), {n: e for n, e in entries.items() if n in bound})


def nodes_of(function: ast.FunctionDef) -> list[ast.AST]:
    """Every node of the body, but for what errors say."""
    found: list[ast.AST] = []
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop(0)
        found.append(node)
        if not isinstance(node, ast.Raise):
            pending += ast.iter_child_nodes(node)
    return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=False)
    else:
        yield target, value
