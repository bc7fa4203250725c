"""A sentence for the student, named where no manifest is at hand, said where one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sentence:
    """A sentence of the manifest's [messages], by its key, and the values that fill it in."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
