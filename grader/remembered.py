"""What the checks draw and are answered under one seed, kept for the submissions that follow.

A class is graded with one seed: every submission meets the same inputs, and the right answers to
them. Checks are open-loop, so the k-th draw of a check and the k-th answer to it are the same for
every submission, and need to be computed once.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from grader.manifest import Function


class RememberedDraws:
    """Stands in for a generator: gives what it drew before (`memory`), and then goes on drawing."""

    def __init__(self, generator: np.random.Generator, memory: list[Any]) -> None:
        self._generator, self._memory = generator, memory
        self._next = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        values = self._memory

        def draw(*arguments: Any, **options: Any) -> Any:
            if self._next == len(values):
                values.append(getattr(self._generator, name)(*arguments, **options))
            self._next += 1
            return copied(values[self._next - 1])

        return draw


class RememberedReference:
    """The right functions; what they gave before is not computed again.

    functions: by attribute; they leave arguments alone but for the dicts that they may change
    memory: the answers so far, in the order in which the check asks; each with what the function
        made of those dicts
    """

    def __init__(self, functions: Any, declared: Mapping[str, Function], memory: list[Any]) -> None:
        self._functions, self._declared, self._memory = functions, declared, memory
        self._next = 0

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self.__getattr__(name)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        function = getattr(self._functions, name)
        declared = self._declared[name]

        def call(*arguments: Any) -> Any:
            def compute() -> Any:
                result = function(*arguments)
                changed = [
                    (index, copied(argument))
                    for index, argument in enumerate(arguments)
                    if isinstance(argument, dict)
                    and declared.arguments[index] in declared.may_change
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
        return self._remembered(lambda: compute(self._functions))

    def _remembered(self, compute: Callable[[], Any]) -> Any:
        values = self._memory
        if self._next == len(values):
            values.append(compute())
        self._next += 1
        return copied(values[self._next - 1])


def copied(value: Any) -> Any:
    """A copy that may be changed; a good deal faster than `copy.deepcopy` for what checks hold."""
    kind = type(value)
    if kind is np.ndarray:
        return value.copy(order="K")
    if kind is dict:
        return {key: copied(item) for key, item in value.items()}
    if kind in (list, tuple):
        return kind(copied(item) for item in value)
    if isinstance(value, (bool, int, float, str, np.generic)) or value is None:
        return value
    return copy.deepcopy(value)
