"""`grader inputs`: the calls that a practice check makes, as code for a debugger.

The check runs once on the student's files; what it passed to their functions is saved, and the
snippet repeats the same calls on it.
"""

from __future__ import annotations

import copy
import difflib
import io
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.files import write_atomically
from grader.hosting import open_host
from grader.judging import Judge
from grader.manifest import Manifest, load_manifest
from grader.outcomes import UnknownCheck
from grader.plugin import CheckSpec
from grader.project import Project
from grader.running import Rerun, run_checks
from grader.sources import RecordedSource
from grader.student import wire
from grader.student.calls import Call, Heard, Question, Returned
from grader.student.functions import Runner
from grader.student.process import StudentProcess
from grader.submission import read_submission

MAX_CALLS = 12


class _Tracer:
    """A runner that notes the calls it passes on, and what they returned."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.noting = False
        self.messages: list[tuple[list[Call], list[Returned]]] = []

    def run(self, calls: list[Call]) -> list[Returned]:
        if not self.noting:
            return self.runner.run(calls)
        noted = copy.deepcopy(calls)  # a check may go on to change what it passed
        self.messages.append((noted, []))
        results = self.runner.run(calls)
        self.messages[-1] = (noted, results)
        return results

    @property
    def processor_seconds(self) -> float:
        return self.runner.processor_seconds

    @property
    def heard(self) -> list[Heard] | None:
        return self.runner.heard

    def ask(self, question: Question) -> bytes:
        return self.runner.ask(question)

    def start_check(self) -> None:
        self.runner.start_check()

    def within(self, seconds: float) -> AbstractContextManager[None]:
        return self.runner.within(seconds)

    def take_output(self) -> str:
        return self.runner.take_output()


class _TracingJudge(Judge):
    """Runs the checks, to see the calls of the one that is asked for."""

    wanted = ""
    found: CheckSpec | None = None
    tracer: _Tracer

    def judge(
        self, item: pytest.Item, function: Callable[..., None], arguments: Mapping[str, Any]
    ) -> None:
        spec = self.specs[item.nodeid]
        self.tracer.noting = _name(spec) == self.wanted
        if self.tracer.noting:
            self.found = spec
        super().judge(item, function, arguments)  # the others too: this one may wait for them


def snippet(project: Project, name: str, path: Path | None = None) -> str:
    """Code that repeats a check's calls; `name` is `question:check`, or the check alone."""
    manifest = load_manifest(project.manifest)
    submission = read_submission(path or project.starter)
    judge = _TracingJudge(manifest, RecordedSource(project.expected, manifest))
    host = open_host(project)
    process = StudentProcess(submission.files, project.assignment, manifest.limits, host)
    tracer = _Tracer(process)

    def body(rerun: Rerun) -> None:
        judge.wanted = _only(name, list(judge.specs.values()))
        judge.tracer = tracer
        judge.begin(tracer)
        rerun()

    try:
        run_checks(project, judge, body)
    finally:
        process.close()
        host.close()
    assert judge.found is not None
    code, arrays = _code(manifest, judge.found, tracer)
    if not arrays:
        return f"# {judge.found.title}: it waits for other questions and makes no call yet."
    target = project.local / "inputs" / f"{judge.found.question}-{judge.found.name}.npz"
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    write_atomically(target, buffer.getvalue())
    head = [
        f"# {judge.found.question}: {judge.found.title}",
        "import sys",
        f"sys.path.insert(0, {str(submission.path)!r})",
        "import numpy as np",
    ]
    return "\n".join(
        [*head, *_imports(manifest, tracer), f"inputs = np.load({str(target)!r})", *code]
    )


def _only(name: str, specs: list[CheckSpec]) -> str:
    fitting = [_name(spec) for spec in specs if name in (_name(spec), spec.name)]
    if len(fitting) == 1:
        return fitting[0]
    question = name.partition(":")[0]
    near = fitting or [_name(spec) for spec in specs if spec.question == question]
    near = near or difflib.get_close_matches(name, map(_name, specs), n=5, cutoff=0.3)
    near = near or [_name(spec) for spec in specs if not spec.after_main]
    what = "are several checks" if fitting else "is no check"
    raise UnknownCheck(f"There {what} named {name!r}. Choose one of: {', '.join(near)}.")


def _name(spec: CheckSpec) -> str:
    return f"{spec.question}:{spec.name}"


def _imports(manifest: Manifest, tracer: _Tracer) -> list[str]:
    names = {call.function: call.file for calls, _ in tracer.messages for call in calls}
    return [f"from {file.removesuffix('.py')} import {name}" for name, file in names.items()]


def _code(
    manifest: Manifest, spec: CheckSpec, tracer: _Tracer
) -> tuple[list[str], dict[str, np.ndarray]]:
    lines: list[str] = []
    arrays: dict[str, np.ndarray] = {}
    handles: dict[int, str] = {}
    number = 0
    for calls, results in tracer.messages:
        outputs: list[list[str]] = []
        for index, call in enumerate(calls):
            number += 1
            if number > MAX_CALLS:
                lines.append("# ... and so on")
                return lines, arrays
            function = manifest.functions[call.function]
            names = [f"{result}_{number}" for result in function.results]
            texts = [
                _argument(value, f"{label}_{number}", outputs, handles, arrays)
                for label, value in zip(function.arguments, call.arguments, strict=False)
            ]
            lines.append(f"{', '.join(names)} = {call.function}({', '.join(texts)})")
            outputs.append(names)
            for item, output in zip(results[index].items if results else (), names, strict=False):
                if isinstance(item, wire.Handle):
                    handles[item.number] = output
    return lines, arrays


def _argument(
    value: Any,
    name: str,
    outputs: list[list[str]],
    handles: dict[int, str],
    arrays: dict[str, np.ndarray],
) -> str:
    if isinstance(value, np.ndarray):
        arrays[name] = value
        return f'inputs["{name}"]'
    if isinstance(value, wire.Ref):
        return outputs[value.call][value.item or 0]
    if isinstance(value, wire.Handle):
        return handles.get(value.number, "None")
    if isinstance(value, dict):
        items = (
            f"{key!r}: {_argument(item, f'{name}_{key}', outputs, handles, arrays)}"
            for key, item in value.items()
        )
        return f"{{{', '.join(items)}}}"
    return repr(value)
