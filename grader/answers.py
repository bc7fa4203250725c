"""The instructor's answers other than the solutions: known wrong ones, and accepted variants.

A wrong answer or variant is one small function in `solutions/`; its docstring is what a student
reads, its name is its id.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.manifest import Manifest
from grader.project import Project
from grader.recordings import Mistake, Variant
from grader.reference import OracleError, load_module


@dataclass(frozen=True)
class WrongAnswer:
    """A known mistake, the function that makes it, and where it was seen."""

    mistake: Mistake
    run: Callable[..., Any]
    seen: str


@dataclass(frozen=True)
class AcceptedVariant:
    """Another correct form, and the function that computes it."""

    variant: Variant
    run: Callable[..., Any]


def load_wrong_answers(project: Project, manifest: Manifest) -> list[WrongAnswer]:
    """Every function in `solutions/wrong_answers/`, in order; OracleError if one is malformed."""
    found = []
    for module, name, function in _functions(project, manifest, "WRONG_ANSWERS", "wrong_answers"):
        cause, advice, seen = _read_docstring(module.__file__, function)
        follow = function not in getattr(module, "NOTHING_TO_FOLLOW", [])
        once = function in getattr(module, "CHARGED_ONCE", [])
        mistake = Mistake(_id(function), name, cause, advice, follow, once)
        found.append(WrongAnswer(mistake, function, seen))
    return found


def load_variants(project: Project, manifest: Manifest) -> list[AcceptedVariant]:
    """Every function in `solutions/accepted_variants/`, in order."""
    found = []
    where = ("ACCEPTED_VARIANTS", "accepted_variants")
    for module, name, function in _functions(project, manifest, *where):
        note = " ".join((inspect.getdoc(function) or "").split())
        if not note:
            raise OracleError(
                f"{module.__file__}: {function.__name__} has no docstring, and that is the note"
            )
        found.append(AcceptedVariant(Variant(_id(function), name, note), function))
    return found


def _functions(
    project: Project, manifest: Manifest, table: str, folder: str
) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """Module, the contract function it stands in for, and function: for each one listed."""
    seen: set[str] = set()
    for path in sorted((project.solutions / folder).glob("*.py")):
        module = load_module(path)
        for name, functions in getattr(module, table, {}).items():
            if name not in manifest.functions:
                raise OracleError(f"{path}: {table} names no function of ours: {name}")
            for function in functions:
                if function.__name__ in seen:
                    raise OracleError(f"{path}: two functions are called {function.__name__}")
                seen.add(function.__name__)
                yield module, name, function


def _id(function: Callable[..., Any]) -> str:
    return function.__name__.replace("_", "-")


def _read_docstring(path: str, function: Callable[..., Any]) -> tuple[str, str, str]:
    lines = (inspect.getdoc(function) or "").splitlines()
    seen = lines.pop().partition("Seen:")[2].strip() if lines and "Seen:" in lines[-1] else ""
    cause, advice = (lines[0].rstrip(".") if lines else ""), "\n".join(lines[1:]).strip()
    if not (cause and advice and seen):
        raise OracleError(
            f"{path}: {function.__name__}: its docstring must have a first line, advice, and a "
            "last line `Seen: ...`"
        )
    return cause, advice, seen
