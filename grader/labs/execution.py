"""Executing a lab from top to bottom, as a student who has finished would, and looking for trouble.

The notebook runs in a temporary folder that has the student's layout, with the solutions in place
of the starter code, and cannot connect to anything outside this machine.
"""

from __future__ import annotations

import base64
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.labs import PICTURE, SUFFIX
from grader.labs.notebook import lab_cells, notebook_of
from grader.manifest import load_manifest
from grader.project import Project

CELL_SECONDS, FULL_CELL_SECONDS = 600, 3600  # on a busy machine a full search takes long
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MAX_SHOWN = 20  # lines of what went wrong

# Given to the kernel before the first cell: connections that leave this machine are refused.
OFFLINE = """
def _offline(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        if not str(arguments[1][0]).startswith(("127.", "::1", "localhost")):
            raise OSError(f"labs are executed offline: {arguments[1]}")
    if event == "socket.getaddrinfo" and arguments[0] not in (None, "localhost", "127.0.0.1"):
        raise OSError(f"labs are executed offline: {arguments[0]}")
import sys
sys.addaudithook(_offline)
del _offline
"""


@dataclass(frozen=True)
class Figure:
    """A picture that a cell drew."""

    name: str  # of the nearest named cell at or above it
    is_the_picture: bool
    png: bytes


@dataclass(frozen=True)
class Executed:
    """A lab that was executed; `problems` has one entry for each error or warning."""

    lab: str
    seconds: float
    problems: list[str]
    figures: list[Figure]
    notebook: Any


def execute(
    project: Project, lab: str, *, code: Path | None = None, quick: bool = True
) -> Executed:
    """Execute one lab with the files in `code` (default: the solutions) as the student's.

    quick: shorten what a lab says may be shortened
    """
    notebook = notebook_of(lab_cells(project.assignment / "labs", lab))
    return execute_notebook(project, lab, notebook, code=code or project.solutions, quick=quick)


def execute_notebook(
    project: Project, lab: str, notebook: bytes, *, code: Path, quick: bool = True
) -> Executed:
    """Execute a notebook as lab `lab`; every cell is run, whatever happens in those above it."""
    import nbformat
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    parsed = nbformat.reads(notebook.decode(), as_version=4)
    dead = ""
    with _students_folder(project, code) as folder:
        (folder / f"{lab}{SUFFIX}").write_bytes(notebook)
        kernel = AsyncKernelManager(kernel_name="python3")
        if os.name == "posix":  # sockets in a folder of ours, which nobody else can read
            kernel.transport, kernel.ip = "ipc", str(folder.parent / "kernel")
        client = NotebookClient(
            parsed,
            km=kernel,
            timeout=CELL_SECONDS if quick else FULL_CELL_SECONDS,
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
            extra_arguments=[f"--IPKernelApp.exec_lines={[OFFLINE]!r}"],
        )
        started = time.perf_counter()
        try:
            client.execute(env=_environment(quick), cleanup_kc=True)
        except (CellTimeoutError, DeadKernelError) as error:
            dead = f"stopped: {str(error).strip().splitlines()[0]}"
        seconds = time.perf_counter() - started
    problems = [*_problems(parsed), *filter(None, [dead])]
    return Executed(lab, seconds, problems, _figures(parsed), parsed)


@contextmanager
def _students_folder(project: Project, code: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="labs-") as scratch:
        root = Path(scratch).resolve()
        for given in (project.assignment, project.root / "grader"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(given, root / given.name, ignore=ignored)
        folder = root / project.starter.name
        folder.mkdir()
        for name in load_manifest(project.manifest).files:
            if (code / name).is_file():
                shutil.copy(code / name, folder / name)
        yield folder


def _environment(quick: bool) -> dict[str, str]:
    mine = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "MPLBACKEND")}
    # One thread for products of matrices: on a busy machine more of them wait for each other, and
    # the last bits of a sum depend on their number.
    mine |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return {**mine, "LABS_QUICK": "1" if quick else "0", "LABS_QUIET": "1", "TQDM_DISABLE": "1"}


def _problems(notebook: Any) -> list[str]:
    """Every error, and whatever came on standard error."""
    problems = []
    for number, name, cell in _named(notebook):
        for output in cell.get("outputs", []):
            told = ""
            if output.output_type == "error":
                told = "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
            elif output.output_type == "stream" and output.name == "stderr":
                told = f"on standard error: {output.text}"
            if told:
                lines = COLOURS.sub("", told).strip().splitlines()[-MAX_SHOWN:]
                problems.append(f"cell {number} ({name}): " + "\n  ".join(lines))
    return problems


def _figures(notebook: Any) -> list[Figure]:
    figures = []
    for _, name, cell in _named(notebook):
        drawn = [
            o.data["image/png"] for o in cell.get("outputs", []) if "image/png" in o.get("data", {})
        ]
        chosen = PICTURE in cell.metadata.get("tags", [])
        for png in drawn:
            figures.append(Figure(name, chosen and png is drawn[-1], base64.b64decode(png)))
    return figures


def _named(notebook: Any) -> Iterator[tuple[int, str, Any]]:
    """Every cell with its number, counted from 1, and the nearest name at or above it."""
    name = ""
    for number, cell in enumerate(notebook.cells, start=1):
        name = cell.metadata.get("name", name)
        yield number, name, cell
