"""What a lab's cell shows when it asks for a check: the practice result, in the notebook.

What is graded is the saved file, by a process of its own: the notebook's variables, and functions
that a cell defines, have no part in it.
"""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from grader.manifest import Manifest, load_manifest
from grader.project import Project

SECONDS = 300


class _Shown:
    """Something that a notebook shows as HTML, and everything else as text."""

    def __init__(self, html: str, text: str) -> None:
        self.html, self.text = html, text

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def check(*questions: str) -> None:
    """Grade questions in practice mode on the saved file, and show what was found."""
    project = Project(Path(__file__).resolve().parents[2])
    manifest = load_manifest(project.manifest)
    known = [question.name for question in manifest.questions]
    for name in questions or ("",):
        if name not in known:
            raise ValueError(f"There is no question {name!r}. There are: {', '.join(known)}.")
    folder = _students_folder(project, manifest)
    for line in redefined(manifest, questions, vars(sys.modules["__main__"])):
        print(line)
    for line in stale(manifest, questions, folder, sys.modules):
        print(line)
    found = graded(project, folder, questions)
    if "error" in found:
        print(found["error"])
        return
    _display(_Shown(found["html"], found["text"]))


def redefined(
    manifest: Manifest, questions: tuple[str, ...], names: Mapping[str, Any]
) -> list[str]:
    """A warning for each function of the questions that a cell of the notebook has defined."""
    return [
        manifest.say("lab_redefined", function=function.name, file=function.file)
        for name in questions
        for function in manifest.question(name).functions
        if isinstance(names.get(function.name), FunctionType)
        and names[function.name].__module__ == "__main__"
    ]


def stale(
    manifest: Manifest,
    questions: tuple[str, ...],
    folder: Path,
    modules: Mapping[str, ModuleType],
) -> list[str]:
    """A warning for each file of which the notebook has loaded another version than the saved one.

    Only the questions' functions are looked at. A file that cannot be compiled gets none: that is
    told when it is graded.
    """
    functions = [f for name in questions for f in manifest.question(name).functions]
    old = [
        function.file
        for function in functions
        if (module := modules.get(Path(function.file).stem)) is not None
        and Path(getattr(module, "__file__", None) or "").parent == folder
        and (loaded := _code_of(getattr(module, function.name, None))) is not None
        and (saved := _saved_code(folder / function.file, function.name)) is not None
        and loaded != saved
    ]
    return [manifest.say("lab_stale", file=file) for file in dict.fromkeys(old)]


def _code_of(function: Any) -> CodeType | None:
    return getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None


def _saved_code(path: Path, function: str) -> CodeType | None:
    """The code of a function as it stands in the file now; None if there is none to compile."""
    try:
        code = compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    found = {c.co_name: c for c in code.co_consts if isinstance(c, CodeType)}
    return found.get(function)


def graded(project: Project, folder: Path, questions: tuple[str, ...]) -> dict[str, str]:
    """What `labs.graded` says of the saved files in a folder: `html` and `text`, or `error`."""
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "shown.json"
        command = [sys.executable, "-m", "grader.labs.graded", str(folder), str(target)]
        try:
            done = subprocess.run(
                [*command, *questions],
                cwd=project.root,
                env={**os.environ, "PYTHONPATH": str(project.root)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return {"error": f"The grader did not answer within {SECONDS} s."}
        if not target.is_file():
            last = "\n".join(done.stderr.strip().splitlines()[-1:])
            return {"error": f"The grader could not be started: {last}"}
        found: dict[str, str] = json.loads(target.read_text(encoding="utf-8"))
        return found


def _students_folder(project: Project, manifest: Manifest) -> Path:
    """The folder of the notebook if it has the student's files, or else the assignment's own."""
    here = Path.cwd()
    return here if any((here / name).is_file() for name in manifest.files) else project.starter


def _display(shown: _Shown) -> None:
    if "IPython" in sys.modules:
        from IPython.display import display

        display(shown)
    else:
        print(shown)
