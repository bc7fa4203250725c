"""What a check holds of a submission: its functions, callable as if they were here.

`student.f(x, config)` runs the student's `f` in the student process and returns its
results; arguments that the manifest lists under `may_change` are updated as the function left them.
Results that the manifest lists under `stays` come back as handles, to be passed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, Protocol

from grader.manifest import Function, Manifest
from grader.student.calls import Call, Heard, Question, Returned
from grader.student.faults import BadOutput


class Runner(Protocol):
    """Runs calls: the student process, or, for the grader's own code, this process."""

    @property
    def processor_seconds(self) -> float:
        """The processor time used so far; 0 where it is not known."""
        ...

    @property
    def heard(self) -> list[Heard] | None:
        """What was asked and answered since the check began; None: more than can be told."""
        ...

    def run(self, calls: list[Call]) -> list[Returned]: ...
    def ask(self, question: Question) -> bytes: ...
    def start_check(self) -> None: ...
    def within(self, seconds: float) -> AbstractContextManager[None]: ...
    def take_output(self) -> str: ...


class StudentFunction:
    """One function of the submission."""

    def __init__(self, student: Student, function: Function) -> None:
        self.student = student
        self.function = function

    def call(self, *arguments: Any, keep: tuple[str, ...] = ()) -> Call:
        """A call to be run later, with others in one message; `keep` names results that stay."""
        function = self.function
        staying = function.stays.union(keep)
        return Call(
            function.file,
            function.name,
            arguments,
            len(function.results),
            tuple(i for i, name in enumerate(function.results) if name in staying),
            tuple(i for i, name in enumerate(function.arguments) if name in function.may_change),
        )

    @property
    def name(self) -> str:
        """The function's name."""
        return self.function.name

    @property
    def modified(self) -> list[str]:
        """The arguments that this function has changed, against the rules, in this check."""
        return sorted(name for function, name in self.student.modified if function == self.name)

    @property
    def aliased(self) -> list[str]:
        """The arguments that this function has kept in a dict without a copy, in this check."""
        return sorted(name for function, name in self.student.aliased if function == self.name)

    def __call__(self, *arguments: Any) -> Any:
        (returned,) = self.student.run([self.call(*arguments)])
        for index, content in returned.changed.items():
            given = arguments[index]
            if type(content) is not dict:
                what = {"what": self.function.arguments[index]}
                raise BadOutput(self.function.name, "bad_argument", what)
            given.clear()
            given.update(content)
        return returned.items if len(self.function.results) > 1 else returned.items[0]


class Student:
    """The submission's functions by name, as attributes."""

    def __init__(self, runner: Runner, manifest: Manifest) -> None:
        self.runner = runner
        self.functions: Mapping[str, Function] = manifest.functions
        # (function, argument): changed against the rules, kept without a copy, updated in place
        self.modified: set[tuple[str, str]] = set()
        self.aliased: set[tuple[str, str]] = set()
        self.updated: set[tuple[str, str]] = set()
        self.elsewhere: dict[str, str] = {}  # function: the other file it was found in
        self.timed = False  # whether this check has looked at the time

    def __getitem__(self, name: str) -> StudentFunction:
        return self.__getattr__(name)

    def __getattr__(self, name: str) -> StudentFunction:
        try:
            return StudentFunction(self, self.functions[name])
        except KeyError:
            raise AttributeError(f"the manifest declares no function {name}") from None

    @property
    def processor_seconds(self) -> float:
        """The processor time that the submission has used so far; 0 where it is not known."""
        self.timed = True
        return self.runner.processor_seconds

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Give calls inside a `with` block this budget of processor time, in place of the usual."""
        return self.runner.within(seconds)

    def run(self, calls: list[Call]) -> list[Returned]:
        """Run calls in one message; raises the `StudentFault` of the first that gives no result."""
        results = self.runner.run(calls)
        for call, returned in zip(calls, results, strict=True):
            function = self.functions[call.function]
            if returned.found_in != function.file:
                self.elsewhere[function.name] = returned.found_in
            for index in returned.modified:
                name = _argument(function, index)
                seen = self.updated if name in function.may_change else self.modified
                seen.add((function.name, name))
            for index in returned.aliased:
                self.aliased.add((function.name, _argument(function, index)))
        return results

    def start_check(self) -> None:
        """Forget what an earlier check left: kept objects, and what was modified."""
        for seen in (self.modified, self.aliased, self.updated):
            seen.clear()
        self.timed = False
        self.runner.start_check()


def _argument(function: Function, index: int) -> str:
    return function.arguments[index] if 0 <= index < len(function.arguments) else "?"
