"""What can go wrong in the student process, each with the status that it gives a check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class SourceLine:
    """A line of the student's file that an exception passed through."""

    file: str
    number: int
    function: str
    text: str


@dataclass
class StudentFault(Exception):
    """A call of a student's function that gave no usable result.

    `function` names the function called, `reason` is the key of the sentence in the manifest's
    messages, `details` are that sentence's values.
    """

    function: str
    reason: str
    details: Mapping[str, object] = field(default_factory=dict)
    frames: tuple[SourceLine, ...] = ()

    status: ClassVar[str] = "crashed"

    def __str__(self) -> str:
        return f"{self.function}: {self.reason} {self.details}"


class Missing(StudentFault):
    """The file or the function is absent, or raises NotImplementedError."""

    status = "missing"


class Crashed(StudentFault):
    """The function, or its file while loading, raised; or the process ended."""

    status = "crashed"


class TimedOut(StudentFault):
    """No answer within the deadline, or no budget left to ask."""

    status = "timeout"


class OutOfMemory(StudentFault):
    """The memory limit was reached."""

    status = "memory"


class BadOutput(StudentFault):
    """The function returned something that is not what it should return, or not carried."""

    status = "bad_output"
