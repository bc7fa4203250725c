"""Runs calls of a student's functions and says what became of each."""

from __future__ import annotations

import importlib
import linecache
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np

from .. import wire
from .imports import NotAvailable

MAX_TEXT = 2000
MAX_FRAMES = 20
CONTAINERS = (dict, list, tuple)


class Executor:
    """Runs calls of the submission's functions; keeps the objects that must stay here."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.modules: dict[str, ModuleType] = {}
        self.failed: dict[str, BaseException] = {}
        self.kept: dict[int, Any] = {}
        self.next_handle = 0

    def run(self, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Run the calls in order; stop after the first that does not return what it should."""
        results: list[dict[str, Any]] = []
        returned: list[Any] = []
        self.watched: list[list[Watched]] = []  # by call
        for call in calls:
            self.watched.append([])
            try:
                result, value = self._call(call, returned)
            except BaseException as error:  # SystemExit and KeyboardInterrupt are answers too
                result, value = describe_exception(error, self.files), None
            results.append(result)
            returned.append(value)
            if result["status"] != "returned":
                break
        for result, watched in zip(results, self.watched, strict=False):
            if result["status"] == "returned":  # a later call may have changed what this one got
                result["modified"] = _modified(watched)
        return results

    def forget(self) -> None:
        """Drop every kept object; handles are counted anew, so that each check has the same."""
        self.kept.clear()
        self.next_handle = 0

    def load(self, file: str) -> None:
        """Load one of the files; the first call of a function in it tells what went wrong."""
        try:
            self.modules[file] = importlib.import_module(_module_name(file))
        except BaseException as error:
            self.failed[file] = error

    def find(self, file: str, name: str) -> tuple[Callable[..., Any] | None, str]:
        """The function of that name, and the file that has it: the one meant, or else another.

        Another file is loaded only if it defines the function at its top level.
        """
        for candidate in self._candidates(file, name):
            function = getattr(self._module(candidate), name, None)
            if callable(function):
                return function, candidate
        return None, file

    def _candidates(self, file: str, name: str) -> Iterator[str]:
        yield file
        definition = re.compile(rb"^(async )?def %s\b" % name.encode(), re.MULTILINE)
        others = [other for other in self.files if definition.search(self.files[other])]
        # The file of the same name in a folder comes first: a course's package, handed in whole.
        others.sort(key=lambda other: (not f"/{other}".endswith(f"/{file}"), other))
        yield from others

    def _module(self, file: str) -> ModuleType | None:
        if file not in self.files:
            return None
        if file in self.failed:
            raise self.failed.pop(file)
        if file not in self.modules:
            self.modules[file] = importlib.import_module(_module_name(file))
        return self.modules[file]

    def _call(self, call: dict[str, Any], returned: list[Any]) -> tuple[dict[str, Any], Any]:
        function, found_in = self.find(call["file"], call["function"])
        if function is None:
            return {"status": "absent", "file_present": call["file"] in self.files}, None

        arguments = [self._resolve(argument, returned) for argument in call["arguments"]]
        may_change = set(call["may_change"])
        watched = self.watched[-1]
        watched += [
            (index, array, array.copy())
            for index, argument in enumerate(arguments)
            if not (index in may_change and type(argument) is dict)
            for array in _arrays(argument)
        ]
        value = function(*arguments)

        count = call["returns"]
        if count == 1:
            items = [value]
        elif type(value) in (tuple, list) and len(value) == count:
            items = list(value)
        else:
            return {"status": "bad_return", "got": _describe(value)}, None
        keep = set(call["keep"])
        sent = [
            self._keep(item) if index in keep else _snapshot(item)
            for index, item in enumerate(items)
        ]
        changed = [
            [index, _snapshot(arguments[index])]
            for index, given in enumerate(call["arguments"])
            if index in may_change and isinstance(given, dict)
        ]
        states = [item for item in (*items, *arguments) if type(item) is dict]
        kept = [(state, array) for state in states for array in _arrays(state, CONTAINERS)]
        aliased = {
            index
            for index, array, _ in watched
            for state, held in kept
            if state is not arguments[index] and np.may_share_memory(held, array)
        }
        result = {
            "status": "returned",
            "value": sent,
            "changed": changed,
            "aliased": sorted(aliased),
            "found_in": found_in,
        }
        return result, items

    def _keep(self, item: Any) -> Any:
        self.next_handle += 1
        self.kept[self.next_handle] = item
        return wire.Handle(self.next_handle)

    def _resolve(self, argument: Any, returned: list[Any]) -> Any:
        if isinstance(argument, wire.Handle):
            return self.kept[argument.number]
        if isinstance(argument, wire.Ref):
            items = returned[argument.call]
            return items if argument.item is None else items[argument.item]
        return argument


def _module_name(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _snapshot(value: Any) -> Any:
    """The value as it is now: a later call of the same message may update its arrays in place."""
    if type(value) is np.ndarray:
        return value.copy()
    if type(value) is dict:
        return {key: _snapshot(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_snapshot(item) for item in value)
    return value


def _arrays(value: Any, containers: tuple[type, ...] = (dict,)) -> Iterator[np.ndarray]:
    if type(value) is np.ndarray:
        yield value
    elif type(value) in containers:
        for item in value.values() if type(value) is dict else value:
            yield from _arrays(item, containers)


Watched = tuple[int, np.ndarray, np.ndarray]  # argument, the array in it, and as it was before


def _modified(watched: list[Watched]) -> list[int]:
    return sorted({index for index, now, before in watched if not _equal(now, before)})


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def _cut(text: Any, length: int) -> str:
    """The beginning of a text, as a plain str: a student's own kind of str may lie about itself."""
    return str.__getitem__(text, slice(length)) if isinstance(text, str) else ""


def _describe(value: Any) -> str:
    if type(value) in (tuple, list):
        return f"{type(value).__name__} of {len(value)}"
    return "None" if value is None else type(value).__name__


def describe_exception(error: BaseException, files: dict[str, bytes]) -> dict[str, Any]:
    """What the grader is told of an exception: its type, text, and the student's own lines."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        filename = trace.tb_frame.f_code.co_filename
        if filename in files:
            name = trace.tb_frame.f_code.co_name
            line = linecache.getline(filename, trace.tb_lineno).strip()
            frames.append([filename, trace.tb_lineno, name, line[:200]])
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename in files:
        text = (error.text or linecache.getline(error.filename, error.lineno or 0)).strip()
        frames.append([error.filename, error.lineno or 0, "", text[:200]])
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException:
        text = ""
    status = "raised"
    if isinstance(error, NotAvailable):
        status, text = "unavailable", str(error.name)
    elif isinstance(error, NotImplementedError):
        status = "not_implemented"
    elif isinstance(error, MemoryError):
        status = "memory"
    return {
        "status": status,
        "type": _cut(type(error).__name__, 200),
        "text": _cut(text, MAX_TEXT),
        "frames": frames[-MAX_FRAMES:],
    }
