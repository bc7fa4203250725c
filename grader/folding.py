"""Values that are opened when they are looked at, and not before."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar, overload

T = TypeVar("T")


class FoldedDict(UserDict[str, T]):
    """A dict that is made when it is first used; what its making raises is raised then."""

    def __init__(self, unfold: Callable[[], Mapping[str, T]]) -> None:
        self._unfold = unfold

    @cached_property
    def data(self) -> dict[str, T]:  # type: ignore[override]
        return dict(self._unfold())


class FoldedList(Sequence[T]):
    """A sequence that is made when it is first used, likewise."""

    def __init__(self, unfold: Callable[[], Sequence[T]]) -> None:
        self._unfold = unfold

    @cached_property
    def _items(self) -> Sequence[T]:
        return self._unfold()

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)
