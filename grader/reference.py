"""The oracle: what the right functions give, live from `solutions/` or as recorded.

A check asks `reference.f(x, config)` and, for what is more than one call,
`reference.computed(lambda functions: ...)`. Official mode computes the answer. Practice mode has no
solutions: it replays answers recorded by `grader build`, in the order in which the check asks. The
random inputs are recorded with them, so that practice gives the same numbers under every numpy.
A check must therefore be open-loop: neither its draws nor its questions to the reference may depend
on what the student's functions return.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from grader.manifest import Function, Manifest
from grader.project import Project
from grader.recordings import Tape, frozen
from grader.remembered import copied


class OracleError(Exception):
    """The oracle cannot answer: the grader's own fault, never the student's."""


class Oracle(Protocol):
    """What a check sees as `reference`: the right functions, as attributes or by name."""

    def __getattr__(self, name: str) -> Callable[..., Any]: ...
    def __getitem__(self, name: str) -> Callable[..., Any]: ...
    def computed(self, compute: Callable[[Any], Any]) -> Any: ...


@dataclass(frozen=True)
class Functions:
    """The reference functions as attributes; arguments are copied, dict arguments updated."""

    functions: Mapping[str, Callable[..., Any]]
    declared: Mapping[str, Function]

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self.__getattr__(name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            function, declared = self.functions[name], self.declared[name]
        except KeyError:
            raise AttributeError(f"the reference has no function {name}") from None

        def call(*arguments: Any) -> Any:
            copies = copied(arguments)
            result = function(*copies)
            for argument, changed, label in zip(
                arguments, copies, declared.arguments, strict=False
            ):
                if label in declared.may_change and isinstance(argument, dict):
                    argument.clear()
                    argument.update(changed)
            return result

        return call


class LiveReference:
    """Computes every answer; records it where a tape is given."""

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]],
        manifest: Manifest,
        tape: Tape | None = None,
    ) -> None:
        self._functions = Functions(functions, manifest.functions)
        self._declared = manifest.functions
        self._tape = tape

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self.__getattr__(name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._functions, name)
        if self._tape is None:
            return function  # type: ignore[no-any-return]
        declared, tape = self._declared[name], self._tape

        def call(*arguments: Any) -> Any:
            result = function(*arguments)
            items = list(result) if len(declared.results) > 1 else [result]
            for index, label in enumerate(declared.results):
                if label in declared.stays:
                    items[index] = None  # only the reference's own functions read it
            changed = [
                [index, argument]
                for index, argument in enumerate(arguments)
                if isinstance(argument, dict) and declared.arguments[index] in declared.may_change
            ]
            tape.answers.append(frozen({"items": items, "changed": changed}))
            return result

        return call

    def computed(self, compute: Callable[[Any], Any]) -> Any:
        """What `compute(functions)` returns: plain arrays and numbers."""
        result = compute(self._functions)
        if self._tape is not None:
            self._tape.answers.append(frozen(result))
        return result


class RecordedReference:
    """Replays answers from a tape."""

    def __init__(self, manifest: Manifest, answers: list[Any]) -> None:
        self._declared = manifest.functions
        self._answers = iter(answers)

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self.__getattr__(name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in self._declared:
            raise AttributeError(f"the reference has no function {name}")

        def call(*arguments: Any) -> Any:
            answer = self._next()
            for index, content in answer["changed"]:
                arguments[index].clear()
                arguments[index].update(content)
            items = answer["items"]
            return tuple(items) if len(self._declared[name].results) > 1 else items[0]

        return call

    def computed(self, compute: Callable[[Any], Any]) -> Any:
        """The recorded result; `compute` is not called."""
        return self._next()

    def _next(self) -> Any:
        try:
            return copied(next(self._answers))
        except StopIteration:
            raise OracleError(
                "a check asks for more than was recorded: run `grader build`"
            ) from None


class RecordedDraws:
    """Stands in for a numpy Generator and replays what it drew when the tape was made."""

    def __init__(self, tape: Tape) -> None:
        self._draws = iter(tape.draws)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def draw(*arguments: Any, **options: Any) -> Any:
            try:
                return copied(next(self._draws))
            except StopIteration:
                raise OracleError(
                    "a check draws more than was recorded: run `grader build`"
                ) from None

        return draw


class RecordingDraws:
    """A numpy Generator that notes every draw on a tape."""

    def __init__(self, generator: np.random.Generator, tape: Tape) -> None:
        self._generator = generator
        self._tape = tape

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._generator, name)

        def draw(*arguments: Any, **options: Any) -> Any:
            value = method(*arguments, **options)
            self._tape.draws.append(frozen(value))
            return value

        return draw


def load_solutions(project: Project, manifest: Manifest) -> dict[str, Callable[..., Any]]:
    """Every function that the manifest declares, from `solutions/`."""
    project.require_solutions("grader")
    functions: dict[str, Callable[..., Any]] = {}
    for file in manifest.files:
        module = load_module(project.solutions / file)
        for function in manifest.functions.values():
            if function.file != file:
                continue
            found = getattr(module, function.name, None)
            if found is None:
                raise OracleError(f"{project.solutions / file} has no function {function.name}")
            functions[function.name] = found
    return functions


def load_module(path: Path) -> Any:
    """Run one of the instructor's own files as a module that no other code can import."""
    name = f"_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise OracleError(f"{path} does not exist")
    module = importlib.util.module_from_spec(spec)
    write_bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise OracleError(f"{path} does not load: {type(error).__name__}: {error}") from error
    finally:
        sys.dont_write_bytecode = write_bytecode
    return module
