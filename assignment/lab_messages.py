"""What a notebook says of unfinished code: a sentence in place of a traceback."""

import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("matplotlib", "scipy")  # that the labs need and grading does not


class NotYet(Exception):
    """Something of the student's that a cell needs is not there yet."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of the traceback."""
        return str(self).split("\n")


class Messages:
    """Tells errors of unfinished code; `folder` is where the student's files are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told = False  # whether a cell has been stopped by something unfinished

    def of(self, error: BaseException, tb: TracebackType | None) -> NotYet | None:
        """The sentence for an error, to be shown; None if it is not one of unfinished code."""
        text = self._text(error, traceback.extract_tb(tb))
        self.told = self.told or bool(text)
        return NotYet(text) if text else None

    def problems(self) -> list[str]:
        """What is wrong with files that were loaded once and cannot be compiled any more."""
        loaded = [p for p in sorted(self.folder.glob("*.py")) if p.stem in sys.modules]
        return [problem for path in loaded if (problem := _problem(path))]

    def _text(self, error: BaseException, frames: traceback.StackSummary) -> str:
        if isinstance(error, SyntaxError):
            return f"{_syntax_error(error)}\nMend it, save, and run this cell again."
        if not frames:
            return ""
        last = Path(frames[-1].filename)
        if isinstance(error, NotImplementedError):
            if last.parent != self.folder:
                return ""
            return (
                f"{frames[-1].name} in {last.name} is not written yet (line {frames[-1].lineno}).\n"
                f"Write it in {last}, save, and run this cell again."
            )
        if isinstance(error, ModuleNotFoundError) and error.name in PACKAGES:
            return (
                f"The labs need {error.name}, which this Python ({sys.executable}) does not have.\n"
                "`make jupyter`, in the assignment's folder, installs it and opens the labs."
            )
        for frame in reversed(frames):
            path = Path(frame.filename)
            if path.parent == self.folder and frame.name == "<module>":  # as it was imported
                return (
                    f"{path.name} cannot be loaded: {type(error).__name__}: {error} "
                    f"(line {frame.lineno}).\nMend it, save, and run this cell again."
                )
        if isinstance(error, NameError) and self.told and not last.is_file():  # in a cell
            return (
                f"{error.name} is not there: a cell above has not run to its end.\n"
                "Run that one again first."
            )
        return ""


def start() -> None:
    """Prepare the notebook: the student's files can be imported, and a saved one counts at once.

    They are beside the notebook, or else in the assignment's starter_code. From here on unfinished
    code, and files that cannot be loaded, are told in a sentence.
    """
    here = Path.cwd()
    folder = here if any(here.glob("*.py")) else ROOT / "starter_code"
    sys.path.insert(0, str(folder))
    shell = _shell()
    if shell is None:
        return  # not in a notebook
    messages = Messages(folder)

    def show(
        shell: Any,
        kind: type,
        error: BaseException,
        tb: TracebackType | None,
        tb_offset: Any = None,
    ) -> None:
        told = messages.of(error, tb)
        error, kind = told or error, type(told or error)
        if told and "matplotlib.pyplot" in sys.modules:  # no half-drawn picture beside the sentence
            sys.modules["matplotlib.pyplot"].close("all")
        shell.showtraceback((kind, error, tb), running_compiled_code=True)

    def tell_problems(*_: object) -> None:
        for problem in messages.problems():
            print(f"{problem}\nUntil it is mended, the version before it is used.")

    # Autoreload's own messages are tracebacks.
    shell.run_line_magic("load_ext", "autoreload")
    shell.run_line_magic("autoreload", "2 --hide-errors")
    shell.set_custom_exc((NotImplementedError, ImportError, SyntaxError, NameError), show)
    for registered in list(shell.events.callbacks["pre_run_cell"]):  # the set-up cell ran before
        if getattr(registered, "__name__", "") == tell_problems.__name__:
            shell.events.unregister("pre_run_cell", registered)
    shell.events.register("pre_run_cell", tell_problems)


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
    text = (error.text or "").strip()
    place = f"line {error.lineno}" + (f": {text}" if text else "")
    return f"{Path(error.filename or 'This cell').name} is not Python yet: {error.msg} ({place})."


def _shell() -> Any:
    """The IPython that runs the notebook; None outside of one."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython is not None else None
