"""The list of mutants that compute the same as the solution, or another right answer."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.laws.mutation import Mutant

EQUIVALENTS = "equivalent_mutants.toml"


class EquivalentsError(Exception):
    """The list cannot be read; the sentence says where."""


@dataclass(frozen=True)
class Equivalent:
    """A mutant that the checks need not notice: of which function, what changes, and why."""

    function: str
    diff: tuple[str, ...]
    reason: str

    def is_of(self, mutant: Mutant) -> bool:
        """Whether the diff is the mutant's, all lines but those around what changes."""
        if mutant.function != self.function:
            return False
        whole = [line.rstrip() for line in mutant.diff]
        changes = sum(line[0] in "+-" for line in whole)
        return sum(line[0] in "+-" for line in self.diff) == changes and any(
            whole[start : start + len(self.diff)] == list(self.diff) for start in range(len(whole))
        )

    def __str__(self) -> str:
        return "\n    ".join((f"{self.function}:", *self.diff))


def read_equivalents(path: Path) -> list[Equivalent]:
    """The entries of a list, one for each function and diff; none if there is no such file."""
    if not path.is_file():
        return []
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EquivalentsError(f"{path}: {error}") from None
    match content:
        case {"equivalent": list(tables), **others} if not others:
            return [entry for table in tables for entry in _entries(path, table)]
    raise EquivalentsError(f"{path}: it has nothing but [[equivalent]] entries, and at least one")


def _entries(path: Path, table: dict[str, object]) -> Iterator[Equivalent]:
    match table:
        case {"functions": list(functions), "diffs": list(diffs), "reason": str(reason)} if (
            len(table) == 3 and functions and diffs and reason.strip()
        ):
            for function in functions:
                for diff in diffs:
                    lines = tuple(line.rstrip() for line in str(diff).strip("\n").splitlines())
                    if not any(line.startswith(("+", "-")) for line in lines) or "" in lines:
                        raise EquivalentsError(f"{path}: this is not a diff: {diff}")
                    yield Equivalent(str(function), lines, reason.strip())
        case _:
            raise EquivalentsError(
                f"{path}: an entry has `functions`, `diffs` and `reason`, not {table}"
            )
