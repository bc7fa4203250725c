"""Pairs of known wrong answers: what a function gives that makes two mistakes at once.

Nobody writes them down. A wrong answer is taken as a change of the solution, and two changes of one
function that can be merged make a pair; see `merging`. Most give other outputs than either mistake
alone, and then a student who makes both can be told so.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.answers import WrongAnswer
from grader.merging import Conflict, merge, tree_of
from grader.recordings import Pair


@dataclass(frozen=True)
class WrongPair:
    """Two known mistakes, and the function that makes both."""

    pair: Pair
    run: Callable[..., Any]


def pairs_of(
    solutions: Mapping[str, Callable[..., Any]], wrong_answers: Sequence[WrongAnswer]
) -> list[WrongPair]:
    """Every two wrong answers that can be put together, in their order."""
    by_function: dict[str, list[WrongAnswer]] = {}
    for wrong in wrong_answers:
        by_function.setdefault(wrong.mistake.function, []).append(wrong)
    return [
        pair
        for function, answers in by_function.items()
        for pair in _pairs_of_function(solutions[function], answers)
    ]


def _pairs_of_function(
    solution: Callable[..., Any], wrong_answers: list[WrongAnswer]
) -> Iterator[WrongPair]:
    base = tree_of(solution)
    if base is None:
        return
    trees = [(wrong, tree_of(wrong.run)) for wrong in wrong_answers]
    changes = [(wrong, tree) for wrong, tree in trees if tree is not None]
    for (first, one), (second, other) in itertools.combinations(changes, 2):
        namespaces = [getattr(wrong.run, "__globals__", {}) for wrong in (first, second)]
        if namespaces[0] is not namespaces[1]:
            continue  # a name could mean two things
        try:
            run = _compiled(merge(base, one, other), {**_globals(solution), **namespaces[0]})
        except (Conflict, SyntaxError, ValueError):
            continue
        yield WrongPair(Pair(first.mistake, second.mistake), run)


def _compiled(tree: ast.FunctionDef, namespace: dict[str, Any]) -> Callable[..., Any]:
    exec(
        compile(ast.Module([tree], []), "<two wrong answers>", "exec", dont_inherit=True), namespace
    )
    function: Callable[..., Any] = namespace[tree.name]
    return function


def _globals(function: Callable[..., Any]) -> dict[str, Any]:
    found: dict[str, Any] = getattr(function, "__globals__", {})
    return found
