"""The child side: runs a student's functions and answers the grader's messages.

Started as a script in a fresh interpreter (`python -I -B child.py`). It holds the student's source
and the arguments of the calls, and nothing else: no reference value, no seed, no verdict. It
imports nothing of the project but the wire, and `assignment` for students who use it.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import linecache
import os
import re
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, BinaryIO

if not __package__:
    # Started without `site`: where numpy is, the parent says, and no .pth file opens other folders.
    sys.path.extend(sys.argv[1:2])

import numpy as np

if __package__:
    from grader.student import wire
else:  # a script: the wire is the file beside this one
    _spec = importlib.util.spec_from_file_location(
        "wire", os.path.join(os.path.dirname(os.path.abspath(__file__)), "wire.py")
    )
    assert _spec is not None and _spec.loader is not None
    wire = importlib.util.module_from_spec(_spec)
    sys.modules["wire"] = wire  # dataclasses look their module up; removed again below
    _spec.loader.exec_module(wire)
    del sys.modules["wire"]

MAX_TEXT = 2000
MAX_FRAMES = 20


class SubmissionFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the submission's files from memory: `optim.py` as optim, `a/b.py` as a.b."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        stem = name.replace(".", "/")
        for filename in (f"{stem}.py", f"{stem}/__init__.py"):
            if filename in self.files:
                return importlib.machinery.ModuleSpec(
                    name, self, origin=filename, is_package=filename.endswith("/__init__.py")
                )
        if any(filename.startswith(f"{stem}/") for filename in self.files):
            return importlib.machinery.ModuleSpec(name, None, is_package=True)
        return None

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None and spec.origin is not None
        filename, source = spec.origin, self.files[spec.origin]
        module.__file__ = filename
        # The source is nowhere on disk; without this a traceback could not show its lines.
        try:
            text = importlib.util.decode_source(source)
        except (SyntaxError, UnicodeDecodeError):
            text = source.decode("utf-8", "replace")
        linecache.cache[filename] = (len(source), None, text.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec", dont_inherit=True), module.__dict__)


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
        for call in calls:
            try:
                result, value = self._call(call, returned)
            except BaseException as error:  # SystemExit and KeyboardInterrupt are answers too
                result, value = describe_exception(error, self.files), None
            results.append(result)
            returned.append(value)
            if result["status"] != "returned":
                break
        return results

    def forget(self) -> None:
        """Drop every kept object; their handles are not used again."""
        self.kept.clear()

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
        definition = re.compile(rb"^(async )?def %s\b" % name.encode(), re.MULTILINE)
        others = [other for other in self.files if definition.search(self.files[other])]
        # The file of the same name in a folder comes first: a course's package, handed in whole.
        others.sort(key=lambda other: (not f"/{other}".endswith(f"/{file}"), other))
        for candidate in (file, *others):
            function = getattr(self._module(candidate), name, None)
            if callable(function):
                return function, candidate
        return None, file

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
        watched = [
            (index, array, array.copy())
            for index, argument in enumerate(arguments)
            if not (index in may_change and type(argument) is dict)
            for array in _arrays(argument)
        ]
        value = function(*arguments)
        modified = sorted({index for index, now, before in watched if not _equal(now, before)})

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
        aliased = {
            index
            for index, array, _ in watched
            for state in states
            if state is not arguments[index]
            for kept in _arrays(state)
            if np.may_share_memory(kept, array)
        }
        result = {
            "status": "returned",
            "value": sent,
            "changed": changed,
            "modified": modified,
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


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if type(value) is np.ndarray:
        yield value
    elif type(value) is dict:
        for item in value.values():
            yield from _arrays(item)


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


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
    if isinstance(error, NotImplementedError):
        status = "not_implemented"
    elif isinstance(error, MemoryError):
        status = "memory"
    return {
        "status": status,
        "type": type(error).__name__[:200],
        "text": str(text)[:MAX_TEXT],
        "frames": frames[-MAX_FRAMES:],
    }


def _read_exactly(stream: BinaryIO, count: int) -> bytearray:
    data = bytearray(count)
    view = memoryview(data)
    done = 0
    while done < count:
        got = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        done += got
    return data


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer messages until the grader closes the pipe."""
    executor = Executor({})
    while True:
        try:
            request = _read_exactly(requests, wire.PREFIX.size)
            request += _read_exactly(requests, wire.frame_size(request))
        except EOFError:
            return
        message = wire.unpack(request)
        if message["op"] == "load":
            _apply_limits(message["memory_bytes"])
            _offer_given_code(message["given"])
            executor = Executor(message["files"])
            sys.meta_path.insert(0, SubmissionFinder(message["files"]))
            reply: Any = "loaded"
        elif message["op"] == "import":
            executor.load(message["file"])
            reply = "imported"
        else:
            if message["forget"]:
                executor.forget()
            reply = executor.run(message["calls"])
        for name in ("stdout", "stderr"):
            with contextlib.suppress(BaseException):  # the student has closed or replaced it
                getattr(sys, name).flush()
        try:
            frame = wire.pack(reply)
        except (MemoryError, wire.WireError) as error:  # too large to send
            reply = None  # its memory is needed to say so
            frame = wire.pack([describe_exception(MemoryError(str(error)), {})])
        replies.write(frame)
        replies.flush()


def _apply_limits(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA):
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(limit, (memory_bytes, memory_bytes))


def _offer_given_code(directory: str) -> None:
    """Make `import assignment` work, without opening the rest of the project's folder."""
    spec = importlib.machinery.ModuleSpec("assignment", None, is_package=True)
    spec.submodule_search_locations = [directory]
    sys.modules["assignment"] = importlib.util.module_from_spec(spec)
    sys.modules["grader"] = sys.modules["solutions"] = None  # type: ignore[assignment]


def main() -> None:
    """Take the pipes away from the student's reach by name, then serve."""
    requests = os.fdopen(os.dup(0), "rb", buffering=0)
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)  # what the student prints goes to one pipe, apart from the replies
    sys.stdout = io.TextIOWrapper(
        os.fdopen(1, "wb", closefd=False), "utf-8", "replace", line_buffering=True
    )
    sys.stderr = sys.stdout
    sys.stdin = open(os.devnull)  # noqa: SIM115
    del sys.argv[1:]
    serve(requests, io.BufferedWriter(replies))


if __name__ == "__main__":
    main()
