"""Mutants: a function of the solutions with one small change, in every way that we can think of.

The changes are those of cosmic-ray's operators, which know Python, and of our own, which know
numerical code. Only what a function computes is changed: its signature, its docstring and what it
raises are not.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.laws.operators import replaced
from grader.manifest import Manifest
from grader.project import Project


@dataclass(frozen=True)
class Mutant:
    """A changed function: its name, the operator that changed it, and its source."""

    function: str
    operator: str
    source: str
    original: str = field(repr=False)

    @cached_property
    def diff(self) -> list[str]:
        """The lines of a unified diff, without its head. Both sides are as `ast.unparse` writes."""
        before, after = self.original.splitlines(), self.source.splitlines()
        lines = difflib.unified_diff(before, after, lineterm="", n=3)
        return [line for line in list(lines)[2:] if not line.startswith("@@")]


def mutants_of(project: Project, manifest: Manifest) -> list[Mutant]:
    """The mutants of every function that the manifest declares, in its order."""
    found: list[Mutant] = []
    for function in manifest.functions.values():
        source = (project.solutions / function.file).read_text(encoding="utf-8")
        found += mutants_of_function(body_of(source, function.name))
    return found


def body_of(source: str, name: str) -> str:
    """A function's source, as `ast.unparse` writes it, without its docstring."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            if ast.get_docstring(node) is not None:
                del node.body[0]
            return ast.unparse(node)
    raise LookupError(f"no function {name}")


def mutants_of_function(original: str) -> list[Mutant]:
    """Every mutant of one function's source, once; those that do not compile are left out."""
    (function,) = ast.parse(original).body
    assert isinstance(function, ast.FunctionDef)
    changes = [*replaced(function), *_by_cosmic_ray(original)]
    signature = ast.unparse(function.args)
    found: list[Mutant] = []
    seen = {original, _without_errors(function)}
    for operator, changed in changes:
        tree = None if changed in seen else _compiled(changed)
        if tree is None or ast.unparse(tree.args) != signature:
            continue
        source = ast.unparse(tree)
        content = _without_errors(tree)
        if content not in seen:
            found.append(Mutant(function.name, operator, source, original))
        seen |= {changed, source, content}
    return found


def run_in(namespace: Mapping[str, Any], mutant: Mutant) -> Callable[..., Any]:
    """The changed function, among the names of its module."""
    changed = dict(namespace)
    exec(compile(mutant.source, "<mutant>", "exec", dont_inherit=True), changed)
    function: Callable[..., Any] = changed[mutant.function]
    return function


def require_cosmic_ray() -> tuple[Any, ...]:
    """The parts of cosmic-ray that are used here; ModuleNotFoundError if it is not installed."""
    importlib.import_module("cosmic_ray")
    names = ("ast", "mutating", "plugins")
    return tuple(importlib.import_module(f"cosmic_ray.{name}") for name in names)


def _by_cosmic_ray(source: str) -> Iterator[tuple[str, str]]:
    """Every operator of cosmic-ray at every place: the operator's name, and the changed source."""
    cosmic_ast, mutating, plugins = require_cosmic_ray()
    nodes = list(cosmic_ast.ast_nodes(cosmic_ast.get_ast(source)))
    for name in plugins.operator_names():
        kind = plugins.get_operator(name)
        if kind.arguments():  # it would have to be told which names to work on
            continue
        places = sum(len(list(kind().mutation_positions(node))) for node in nodes)
        for place in range(places):
            yield (
                name.partition("/")[2].partition("_")[0],
                mutating.mutate_code(source, kind(), place),
            )


def _compiled(source: str) -> ast.FunctionDef | None:
    """The tree of a function; None for what Python refuses, or warns of: `x is "text"`, say."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        try:
            compile(source, "<mutant>", "exec", dont_inherit=True)
            (tree,) = ast.parse(source).body
            return tree if isinstance(tree, ast.FunctionDef) else None
        except (SyntaxError, SyntaxWarning, ValueError):
            return None


def _without_errors(tree: ast.AST) -> str:
    """The normalised source of a tree, which loses what it raises."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise):
            node.exc = node.cause = None
    return ast.unparse(tree)
