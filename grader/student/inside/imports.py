"""What student code can import: its own files, Python's library, numpy, and the given code.

Anything else that a student's file imports is an `Unavailable`: a line such as `import matplotlib`
that nothing depends on does no harm, and where something does, the sentence says what there is.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.machinery
import importlib.util
import linecache
import re
import sys
from types import FrameType, ModuleType
from typing import Any, NoReturn


class NotAvailable(ImportError):
    """A package was used that is not there; `name` is what was used of it."""


class SubmissionFinder:
    """Imports the submission's files from memory: `optim.py` as optim, `a/b.py` as a.b."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        stem = name.replace(".", "/")
        for filename in (f"{stem}.py", f"{stem}/__init__.py"):
            if filename in self.files:
                is_package = filename.endswith("/__init__.py")
                return _spec(name, self, origin=filename, is_package=is_package)
        if any(filename.startswith(f"{stem}/") for filename in self.files):
            return importlib.machinery.ModuleSpec(name, None, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Nothing but the usual kind."""

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None and spec.origin is not None
        filename, source = spec.origin, self.files[spec.origin]
        module.__file__ = filename
        # The source is nowhere on disk; without this a traceback could not show its lines.
        text = _decoded(source)
        linecache.cache[filename] = (len(source), None, text.splitlines(keepends=True), filename)
        exec(compile(source, filename, "exec", dont_inherit=True), module.__dict__)


def _spec(name: str, loader: Any, **options: Any) -> importlib.machinery.ModuleSpec:
    # A loader need not be an `importlib.abc.Loader`, which would bring twenty modules with it.
    return importlib.machinery.ModuleSpec(name, loader, **options)


def _decoded(source: bytes) -> str:
    try:
        return importlib.util.decode_source(source)
    except (SyntaxError, UnicodeDecodeError):
        return source.decode("utf-8", "replace")


class UnavailableFinder:
    """Stands in for packages that are not there, where a student's file imports them.

    A library that tries an optional import gets its ImportError, and so does a student who has
    written `try: import ... except ImportError`.
    """

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        package, _, rest = name.partition(".")
        if rest and not isinstance(sys.modules.get(package), _UnavailableModule):
            return None
        frame = _importing_frame()
        filename = frame.f_code.co_filename if frame is not None else ""
        if frame is None or filename not in self.files:
            return None
        if _is_optional(self.files[filename], frame.f_lineno):
            return None
        return _spec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _UnavailableModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def _importing_frame() -> FrameType | None:
    """The frame whose import statement is being carried out."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and (
        frame.f_code.co_filename == __file__ or "importlib" in frame.f_code.co_filename
    ):
        frame = frame.f_back
    return frame


def _is_optional(source: bytes, line: int) -> bool:
    """Whether the statement at a line is inside a `try` that expects imports to fail."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return any(
        node.body[0].lineno <= line <= (node.body[-1].end_lineno or 0)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try) and node.handlers
    )


class _UnavailableModule(ModuleType):
    """A package that is not there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Unavailable(f"{self.__name__}.{name}")


class Unavailable:
    """Something of a package that is not there: it can be named and configured, but not used."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Unavailable(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        pass

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def _use(self, *arguments: Any, **options: Any) -> NoReturn:
        raise NotAvailable(f"{self._name} is not available", name=self._name)

    __call__ = __getitem__ = __iter__ = __len__ = __bool__ = __mro_entries__ = _use
    __enter__ = __exit__ = _use
    __float__ = __int__ = __index__ = __array__ = __contains__ = __next__ = _use
    __add__ = __sub__ = __mul__ = __truediv__ = __matmul__ = __pow__ = __neg__ = _use
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rmatmul__ = __rpow__ = _use
    __lt__ = __le__ = __gt__ = __ge__ = __instancecheck__ = __subclasscheck__ = _use


def offer_given_code(directory: str) -> None:
    """Make `import assignment` work, without opening the rest of the project's folder."""
    spec = importlib.machinery.ModuleSpec("assignment", None, is_package=True)
    spec.submodule_search_locations = [directory]
    sys.modules["assignment"] = importlib.util.module_from_spec(spec)
    sys.modules["grader"] = sys.modules["solutions"] = None  # type: ignore[assignment]


_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)", re.MULTILINE)
# Importing these does something.
_NOISY = frozenset({"antigravity", "this", "__hello__", "__phello__", "idlelib", "turtledemo"})


def import_ahead(files: dict[str, bytes]) -> None:
    """Import what the files name of Python's library and numpy, while that can still be read."""
    for source in files.values():
        for names in _IMPORT.findall(source):
            for name in re.split(r"[ \t]*,[ \t]*", names.decode()):
                top = name.partition(".")[0]
                known = top == "numpy" or (top in sys.stdlib_module_names and top not in _NOISY)
                if known and not name.endswith("__main__"):  # a program
                    with contextlib.suppress(Exception):
                        importlib.import_module(name)
