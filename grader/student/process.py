"""The parent side of the student process: start, ask, deadlines, kill, restart.

One `StudentProcess` serves one submission. The child gets the submission's source and the
arguments of calls, nothing else; the deadline is kept here and ends with SIGKILL of the child's
whole process group. After a crash or a timeout the next call starts a new child.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.student import wire
from grader.student.channel import Channel, Closed, DeadlinePassed, PollChannel, ThreadChannel
from grader.student.faults import (
    BadOutput,
    Crashed,
    Missing,
    OutOfMemory,
    SourceLine,
    StudentFault,
    TimedOut,
)

CHILD = Path(__file__).with_name("child.py")
NUMPY = Path(np.__file__).parents[1]
START_SECONDS = 60.0  # numpy from a cold, slow disk; this is the grader's time, not the student's
TIMEOUTS_PER_FUNCTION = 2

# One BLAS thread: the results do not depend on the machine's core count, and a later fork is safe.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
}
# Windows needs these to start any program at all.
KEPT_VARIABLES = ("SYSTEMROOT", "WINDIR", "PATHEXT", "TEMP", "TMP")


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    call_seconds: float = 5.0
    submission_seconds: float = 60.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 64 << 10


@dataclass(frozen=True)
class Call:
    """One call of a student's function.

    `arguments` may hold `wire.Handle` and `wire.Ref`; `keep` are the positions of results that
    stay in the child; `may_change` the positions of arguments that the function may modify.
    """

    file: str
    function: str
    arguments: tuple[Any, ...]
    returns: int = 1
    keep: tuple[int, ...] = ()
    may_change: tuple[int, ...] = ()


@dataclass(frozen=True)
class Returned:
    """What a call gave: its results, the dict arguments it changed, and what it should not have.

    `items` are the results in order, `changed` maps a dict argument's position to its new content,
    `modified` are the positions of arrays that are not as they were, `aliased` those of arrays that
    a returned or changed dict has kept without a copy; `found_in` is the file with the function.
    """

    items: tuple[Any, ...]
    changed: dict[int, Any]
    modified: tuple[int, ...]
    aliased: tuple[int, ...]
    found_in: str


class ProcessUnavailable(Exception):
    """The child could not be started: the machine's fault, never the student's."""


class StudentProcess:
    """Runs a submission's functions in a process of their own."""

    isolation = ("process", "rlimits") if os.name == "posix" else ("process",)

    def __init__(self, files: dict[str, bytes], given_code: Path, limits: Limits) -> None:
        self.files = files
        self.given_code = given_code
        self.limits = limits
        self.seconds = 0.0
        self.starts = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._forget = False
        self._output = bytearray()
        self._timeouts: Counter[str] = Counter()
        self._loaded: set[str] = set()  # files that the running child has loaded

    def run(self, calls: list[Call]) -> list[Returned]:
        """Send the calls in one message; raises the `StudentFault` of the first without result."""
        if not calls:
            return []
        self._refuse_if_spent(calls)
        for file in dict.fromkeys(call.file for call in calls):
            if file in self.files and file not in self._loaded:
                # On its own, so that a hang while loading is told from a hang in a function.
                self._ask({"op": "import", "file": file}, calls, {file})
                self._loaded.add(file)
        message = {
            "op": "run",
            "forget": self._forget,
            "calls": [encode_call(call) for call in calls],
        }
        self._forget = False
        reply = self._ask(message, calls, {call.function for call in calls})
        try:
            return read_results(reply, calls)
        except BadOutput as fault:
            if fault.reason == "bad_frame":
                self.close()  # whoever forged one answer may have more waiting in the pipe
            raise

    def forget(self) -> None:
        """Let the child drop its kept objects with the next message: a check has ended."""
        self._forget = True

    def take_output(self) -> str:
        """What the student's code printed since the last time this was asked, within the cap."""
        if self._channel is not None:
            self._output += self._channel.take_output()
        text = self._output.decode("utf-8", "replace")
        self._output.clear()
        return text

    def close(self) -> None:
        """Kill the child's process group and wait for it."""
        process, channel = self._process, self._channel
        self._process = self._channel = None
        if process is None:
            return
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        if channel is not None:
            self._output += channel.take_output()
            channel.close()

    def _refuse_if_spent(self, calls: list[Call]) -> None:
        times = {"times": TIMEOUTS_PER_FUNCTION}
        for call in calls:
            # A file that hangs while it is loaded hangs in every function: it is asked twice.
            spent = max(self._timeouts[call.function], self._timeouts[call.file])
            if spent >= TIMEOUTS_PER_FUNCTION:
                raise TimedOut(call.function, "timeout_again", times)
        if self.seconds >= self.limits.submission_seconds:
            budget = {"seconds": self.limits.submission_seconds}
            raise TimedOut(calls[0].function, "timeout_submission", budget)

    def _ask(self, message: dict[str, Any], calls: list[Call], asked: set[str]) -> Any:
        frame = wire.pack(message)
        name = calls[0].function
        channel = self._started()
        before = time.monotonic()
        try:
            return wire.unpack(channel.exchange(frame, before + self.limits.call_seconds))
        except DeadlinePassed:
            self.close()
            # Which call of the message hung is not known here; checks batch calls of one function.
            self._timeouts.update(asked)
            limit = {"seconds": self.limits.call_seconds}
            raise TimedOut(name, "timeout", limit) from None
        except Closed:
            code = self._exit_code()
            self.close()
            reason = "killed" if code < 0 else "exited"
            raise Crashed(name, reason, {"code": abs(code)}) from None
        except wire.WireError as error:
            self.close()
            raise BadOutput(name, "bad_frame", {"why": str(error)}) from None
        finally:
            self.seconds += time.monotonic() - before

    def _exit_code(self) -> int:
        assert self._process is not None
        try:
            return self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return 0  # it closed the pipe and lives on

    def _started(self) -> Channel:
        if self._channel is not None:
            return self._channel
        environment = dict(ENVIRONMENT)
        for name in KEPT_VARIABLES:
            if name in os.environ:
                environment[name] = os.environ[name]
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", str(CHILD), str(NUMPY)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                env=environment,
                cwd=tempfile.gettempdir(),
                start_new_session=True,
            )
        except OSError as error:
            raise ProcessUnavailable(f"the student process does not start: {error}") from error
        self._process = process
        self._loaded.clear()
        self.starts += 1
        channel_type = PollChannel if os.name == "posix" else ThreadChannel
        self._channel = channel_type(process, self.limits.output_bytes)
        load = {
            "op": "load",
            "files": self.files,
            "given": str(self.given_code),
            "memory_bytes": self.limits.memory_bytes,
        }
        deadline = time.monotonic() + START_SECONDS
        try:
            self._channel.exchange(wire.pack(load), deadline)
        except (Closed, DeadlinePassed, wire.WireError) as error:
            printed = self._channel.take_output().decode("utf-8", "replace").strip()
            self.close()
            reason = printed.splitlines()[-1] if printed else type(error).__name__
            raise ProcessUnavailable(f"the student process does not start: {reason}") from error
        return self._channel


def encode_call(call: Call) -> dict[str, Any]:
    """The form in which a call travels."""
    return {
        "file": call.file,
        "function": call.function,
        "arguments": list(call.arguments),
        "returns": call.returns,
        "keep": list(call.keep),
        "may_change": list(call.may_change),
    }


def read_results(reply: Any, calls: list[Call]) -> list[Returned]:
    """Check the child's answer piece by piece; nothing in it is believed."""
    results: list[Returned] = []
    if type(reply) is not list or not 0 < len(reply) <= len(calls):
        raise BadOutput(calls[0].function, "bad_frame", {"why": "the answer has no known form"})
    for call, answer in zip(calls, reply, strict=False):
        try:
            results.append(_result(answer, call))
        except (KeyError, TypeError, ValueError, AttributeError):
            why = {"why": "the answer has no known form"}
            raise BadOutput(call.function, "bad_frame", why) from None
    if len(results) < len(calls):
        why = {"why": "an answer is missing"}
        raise BadOutput(calls[len(results)].function, "bad_frame", why)
    return results


def _result(answer: dict[str, Any], call: Call) -> Returned:
    status = answer["status"]
    if status == "returned":
        items = answer["value"]
        if type(items) is not list or len(items) != call.returns:
            raise ValueError
        for index, item in enumerate(items):
            if (type(item) is wire.Handle) != (index in call.keep):
                raise ValueError
        changed = {index: content for index, content in answer["changed"]}
        modified, aliased = tuple(answer["modified"]), tuple(answer["aliased"])
        if not all(type(index) is int for index in (*changed, *modified, *aliased)):
            raise ValueError
        dicts = {i for i, given in enumerate(call.arguments) if isinstance(given, dict)}
        if not dicts.intersection(call.may_change).issuperset(changed):
            raise ValueError
        if not set(range(len(call.arguments))).issuperset((*modified, *aliased)):
            raise ValueError
        found_in = str(answer["found_in"])[:200]
        return Returned(tuple(items), changed, modified, aliased, found_in)
    raise _fault(status, answer, call)


def _fault(status: str, answer: dict[str, Any], call: Call) -> StudentFault:
    name = call.function
    if status == "absent":
        reason = "no_function" if answer["file_present"] is True else "no_file"
        return Missing(name, reason, {"file": call.file})
    if status == "bad_return":
        return BadOutput(name, "bad_return", {"got": str(answer["got"])[:200]})
    frames = tuple(
        SourceLine(str(file), int(number), str(function), str(text))
        for file, number, function, text in answer["frames"]
    )
    details = {"type": str(answer["type"])[:200], "text": str(answer["text"])[:2000]}
    if status == "not_implemented":
        return Missing(name, "not_implemented", details, frames)
    if status == "memory":
        return OutOfMemory(name, "memory", details, frames)
    if status == "raised":
        return Crashed(name, "raised", details, frames)
    raise ValueError
