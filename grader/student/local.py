"""The grader's own functions behind the same interface, in this process.

Only for code that is trusted: the solutions and the known wrong answers, while expected values are
recorded and mistakes are compared. Values pass through the wire's encoding all the same, so that
what a check sees does not depend on where a function ran.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any

from grader.student import wire
from grader.student.calls import Call, Heard, Question, Returned, encode_call, read_results
from grader.student.inside.executor import Executor


class _LocalExecutor(Executor):
    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        super().__init__({})
        self.functions = {name: _fresh(function) for name, function in functions.items()}

    def find(self, file: str, name: str) -> tuple[Callable[..., Any] | None, str]:
        return self.functions.get(name), file


def _fresh(function: Callable[..., Any]) -> Callable[..., Any]:
    """A copy with default arguments of its own: a new process would have them new, too."""
    if not isinstance(function, FunctionType) or not function.__defaults__:
        return function
    fresh = FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        copy.deepcopy(function.__defaults__),
        function.__closure__,
    )
    fresh.__kwdefaults__ = function.__kwdefaults__
    return fresh


class LocalRunner:
    """Runs calls of the given functions here."""

    processor_seconds = 0.0  # not measured

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._executor = _LocalExecutor(functions)
        self.heard: list[Heard] | None = None  # always

    def run(self, calls: list[Call]) -> list[Returned]:
        """Run the calls; as `StudentProcess.run`."""
        message = wire.unpack(bytearray(wire.pack([encode_call(call) for call in calls])))
        reply = self._executor.run(message)
        return read_results(wire.unpack(bytearray(wire.pack(reply))), calls)

    def ask(self, question: Question) -> bytes:
        """Never: nothing is heard here, so there is nothing to ask again."""
        raise NotImplementedError

    def start_check(self) -> None:
        """Drop every kept object."""
        self._executor.forget()

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Nothing: trusted code has no budget."""
        yield

    def take_output(self) -> str:
        """Nothing: the grader's own functions do not print."""
        return ""
