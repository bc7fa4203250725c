"""What stands between the score that was earned and the one that counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Override:
    """A score that a person has given, for a question or ('') for everything."""

    score: float
    author: str
    reason: str
    question: str = ""


@dataclass(frozen=True)
class Corrections:
    """The score that counts (None: withheld), and everything that changed it.

    manual: what persons gave for answers, where that is part of it
    """

    final: float | None
    penalty: float = 0.0
    penalty_reason: str = ""
    overrides: Sequence[Override] = ()
    manual: float | None = None
