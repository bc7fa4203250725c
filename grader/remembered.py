"""What the checks draw and are answered under one seed, kept for the submissions that follow.

A class is graded with one seed: every submission meets the same inputs, and the right answers to
them. Checks are open-loop, so the k-th draw of a check and the k-th answer to it are the same for
every submission, and need to be computed once.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.manifest import Function


@dataclass
class Memory:
    """Draws or answers in the order in which a check asks for them."""

    values: list[Any] = field(default_factory=list)


class RememberedDraws:
    """Stands in for a generator: gives what it drew before, and then goes on drawing."""

    def __init__(self, generator: np.random.Generator, memory: Memory) -> None:
        self._generator, self._memory = generator, memory
        self._next = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        values = self._memory.values

        def draw(*arguments: Any, **options: Any) -> Any:
            if self._next == len(values):
                values.append(getattr(self._generator, name)(*arguments, **options))
            self._next += 1
            return _copied(values[self._next - 1])

        return draw


class RememberedReference:
    """The right functions; what they gave before is not computed again.

    Each answer is remembered with what the function made of arguments that it may change.
    """

    def __init__(
        self,
        functions: Mapping[str, Callable[..., Any]],
        declared: Mapping[str, Function],
        memory: Memory,
    ) -> None:
        self._functions, self._declared, self._memory = functions, declared, memory
        self._next = 0

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self.__getattr__(name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            function, declared = self._functions[name], self._declared[name]
        except KeyError:
            raise AttributeError(f"the reference has no function {name}") from None

        def call(*arguments: Any) -> Any:
            def compute() -> Any:
                copies = copy.deepcopy(arguments)
                result = function(*copies)
                changed = [
                    (index, copies[index])
                    for index, label in enumerate(declared.arguments[: len(copies)])
                    if label in declared.may_change and isinstance(copies[index], dict)
                ]
                return result, changed

            result, changed = self._remembered(compute)
            for index, content in changed:
                arguments[index].clear()
                arguments[index].update(content)
            return result

        return call

    def computed(self, compute: Callable[[Any], Any]) -> Any:
        """What `compute(functions)` returns: plain arrays and numbers."""
        unremembered = RememberedReference(self._functions, self._declared, Memory())
        return self._remembered(lambda: compute(unremembered))

    def _remembered(self, compute: Callable[[], Any]) -> Any:
        values = self._memory.values
        if self._next == len(values):
            values.append(compute())
        self._next += 1
        return _copied(values[self._next - 1])


def _copied(value: Any) -> Any:
    """A copy that may be changed; a good deal faster than `copy.deepcopy` for what checks hold."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy(order="K")
    if kind is dict:
        return {key: _copied(item) for key, item in value.items()}
    if kind in (list, tuple):
        return kind(_copied(item) for item in value)
    if isinstance(value, (bool, int, float, str, np.generic)) or value is None:
        return value
    return copy.deepcopy(value)
