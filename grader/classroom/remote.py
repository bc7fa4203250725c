"""What runs in a cluster's workers: the same grading as here, once the worker has been looked at.

What crosses the border is plain: the bytes of a submission there, a JSON text back.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import grader
from grader.classroom.grading import grader_digest
from grader.classroom.worker import Setup, Task, grade_task
from grader.grading import WeakIsolation, require_isolation
from grader.hosting import open_host
from grader.project import MANIFEST, Project

DONE, UNFIT, FAILED = "done", "unfit", "failed"

_loaded: set[str] = set()  # the one version that this process has loaded modules of
_looked_at: set[tuple[Setup, str]] = set()


def full_digest(root: str) -> str:
    """A digest of all that a verdict depends on here: the project, and the engine's own files."""
    total = hashlib.sha256(grader_digest(Project(Path(root))).encode())
    engine = Path(grader.__file__).parent
    for path in sorted(engine.rglob("*.py")):
        for part in (path.relative_to(engine).as_posix().encode(), path.read_bytes()):
            total.update(len(part).to_bytes(8, "big") + part)
    return f"sha256:{total.hexdigest()}"


def why_unfit(setup: Setup, digest: str, threads: int) -> str:
    """Why this worker must not grade, as the end of a sentence that begins with its name."""
    root = Path(setup.root)
    if not (root / MANIFEST).is_file() or not Project(root).is_instructors:
        return (
            f"has no project with solutions in {root}: put it there (a shared folder, or the "
            "workers' image), or say with --remote-root where it is"
        )
    if threads != 1:
        return (
            f"runs {threads} tasks at a time in one process, and student code needs a process of "
            "its own: start it with --nthreads 1, and more --nworkers"
        )
    if full_digest(setup.root) != digest:
        return (
            f"has another version of the grader in {root}: bring it up to date and start the "
            "worker again"
        )
    if not _loaded <= {digest}:  # modules stay as they were loaded, whatever becomes of their files
        return "has graded with another version before, and holds it still: start it again"
    _loaded.add(digest)
    host = open_host(Project(root))
    try:
        if not setup.allow_weak_isolation:
            require_isolation(host)
    except WeakIsolation as error:
        return f"cannot be used. {str(error).rstrip('.')}"
    finally:
        host.close()
    return ""


def look_at_worker(setup: Setup, digest: str, dask_worker: Any) -> tuple[str, str]:
    """(UNFIT, why) if this worker must not grade, else (DONE, ""). Looked at once per run.

    dask_worker: under this name Dask passes the worker itself
    """
    if (setup, digest) not in _looked_at:
        try:
            why = why_unfit(setup, digest, dask_worker.state.nthreads)
        except Exception as error:
            why = f"cannot be used: {type(error).__name__}: {error}"
        if why:
            return UNFIT, why
        _looked_at.clear()
        _looked_at.add((setup, digest))
    return DONE, ""


def grade_remotely(setup: Setup, digest: str, task: Task) -> tuple[str, str, str]:
    """(DONE, a result as JSON), (UNFIT, why) or (FAILED, why); and the worker's name.

    Nothing is raised, because an error's trace would hold a student's files.
    """
    from distributed import get_worker

    worker = get_worker()
    kind, text = look_at_worker(setup, digest, worker)
    if kind == DONE:
        try:
            text = json.dumps(grade_task(setup, task).result, allow_nan=False)
        except Exception as error:
            kind, text = FAILED, f"{type(error).__name__}: {error}"
    return kind, text, str(worker.address)
