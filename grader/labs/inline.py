"""What a lab's cell shows when it asks for a check: the practice result, in the notebook.

What is graded is the saved file, by a process of its own: the notebook's variables, and functions
that a cell defines, have no part in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FunctionType
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
    for line in redefined(manifest, questions, _notebook_names()):
        print(line)
    found = graded(project, manifest, questions)
    if "error" in found:
        print(found["error"])
        return
    _display(_Shown(found["html"], found["text"]))


def redefined(manifest: Manifest, questions: tuple[str, ...], names: dict[str, Any]) -> list[str]:
    """A warning for each function of the questions that a cell of the notebook has defined."""
    return [
        manifest.say("lab_redefined", function=function.name, file=function.file)
        for name in questions
        for function in manifest.question(name).functions
        if isinstance(names.get(function.name), FunctionType)
        and names[function.name].__module__ == "__main__"
    ]


def graded(project: Project, manifest: Manifest, questions: tuple[str, ...]) -> dict[str, str]:
    """What `labs.graded` says of the student's saved files: `html` and `text`, or `error`."""
    here = Path.cwd()
    folder = here if any((here / name).is_file() for name in manifest.files) else project.starter
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


def _notebook_names() -> dict[str, Any]:
    return vars(sys.modules["__main__"])


def _display(shown: _Shown) -> None:
    if "IPython" in sys.modules:
        from IPython.display import display

        display(shown)
    else:
        print(shown)
