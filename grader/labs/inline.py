"""What a lab's cell shows when it asks for a check: the practice result, in the notebook.

What is graded is the saved file, by a grader that is a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from grader.manifest import load_manifest
from grader.project import Project


def check(*questions: str) -> None:
    """Grade questions in practice mode on the saved file, and show what was found."""
    print(_graded(questions).get("score"))


def _graded(questions: tuple[str, ...]) -> dict[str, Any]:
    root = Path(__file__).resolve().parents[2]
    project = Project(root)
    manifest = load_manifest(project.manifest)
    here = Path.cwd()
    folder = here if any((here / name).is_file() for name in manifest.files) else project.starter
    with tempfile.TemporaryDirectory() as scratch:
        target = Path(scratch) / "result.json"
        command = [sys.executable, "-m", "grader", "grade", "--json", str(target)]
        for question in questions:
            command += ["--question", question]
        done = subprocess.run(
            [*command, "--", str(folder)],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
        if not target.is_file():
            raise RuntimeError(done.stderr.strip() or done.stdout)
        found: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return found
