"""What a notebook says of unfinished code: a sentence in place of a traceback."""

import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class NotWrittenYet(Exception):
    """A function that a cell called still raises NotImplementedError."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of the traceback."""
        return str(self).split("\n")


class CannotBeLoaded(NotWrittenYet):
    """One of the student's files, or a package, cannot be imported."""


def student_folder() -> Path:
    """Where the student's files are: beside the notebook, or in the assignment's starter_code."""
    here = Path.cwd()
    return here if any(here.glob("*.py")) else ROOT / "starter_code"


def start() -> None:
    """Prepare the notebook: the student's files can be imported, and a saved one counts at once.

    From here on unfinished code, and files that cannot be loaded, are told in a sentence.
    """
    folder = student_folder()
    sys.path.insert(0, str(folder))
    shell = _shell()
    if shell is None:
        return  # not in a notebook
    shell.run_line_magic("load_ext", "autoreload")
    # Its errors are hidden because they are tracebacks; `tell` says what they say.
    shell.run_line_magic("autoreload", "2 --hide-errors")
    shell.set_custom_exc((NotImplementedError, ImportError, SyntaxError, NameError), _show)

    def tell(*_: object) -> None:
        for path in sorted(folder.glob("*.py")):
            if path.stem in sys.modules and (problem := _problem(path)):
                print(f"{problem}\nUntil then the version before it is used.")

    for old in shell.events.callbacks["pre_run_cell"][:]:
        if old.__name__ == tell.__name__:
            shell.events.unregister("pre_run_cell", old)
    shell.events.register("pre_run_cell", tell)


def message(error: BaseException, tb: TracebackType | None) -> Exception | None:
    """The sentence for an error, as an exception; None if it is not one of unfinished code."""
    if isinstance(error, SyntaxError):
        return CannotBeLoaded(_syntax_error(error))
    frames = traceback.extract_tb(tb)
    if not frames:
        return None
    last, files = frames[-1], [Path(frame.filename) for frame in frames]
    folder = student_folder()
    if isinstance(error, NotImplementedError):
        if files[-1].parent != folder:
            return None
        return NotWrittenYet(
            f"{last.name} in {files[-1].name} is not written yet (line {last.lineno}).\n"
            f"Write it in {files[-1]}, save, check it with check(...), and run this cell again."
        )
    if isinstance(error, ModuleNotFoundError) and error.name in ("matplotlib", "scipy"):
        return CannotBeLoaded(
            f"The labs need {error.name}, which this Python ({sys.executable}) does not have.\n"
            "`make jupyter`, in the assignment's folder, installs it and opens the labs."
        )
    mine = next(
        (frame for frame in reversed(frames) if Path(frame.filename).parent == folder), None
    )
    if mine is not None and mine.name == "<module>":  # while it was being imported
        return CannotBeLoaded(
            f"{Path(mine.filename).name} cannot be loaded: {type(error).__name__}: {error} "
            f"(line {mine.lineno}).\nMend it, save, and run this cell again."
        )
    return None


def _show(
    shell: Any, kind: type, error: BaseException, tb: TracebackType | None, tb_offset: Any = None
) -> None:
    told = message(error, tb)
    if told is not None:
        shell.showtraceback((type(told), told, tb))
    else:
        shell.showtraceback((kind, error, tb), running_compiled_code=True)


def _problem(path: Path) -> str:
    """Why a file cannot be compiled; empty if it can."""
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        return _syntax_error(error)
    except (OSError, ValueError) as error:
        return f"{path.name} cannot be read: {error}."
    return ""


def _syntax_error(error: SyntaxError) -> str:
    name = Path(error.filename or "This cell").name
    text = (error.text or "").strip()
    return (
        f"{name} is not Python yet: {error.msg} (line {error.lineno}"
        + (f": {text}" if text else "")
        + ").\nMend it, save, and run this cell again."
    )


def _shell() -> Any:
    """The IPython that runs the notebook; None outside of one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
