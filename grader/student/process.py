"""The parent side of the student process: start, ask, deadlines, kill, restart.

One `StudentProcess` serves one submission. The child gets the submission's source and the
arguments of calls, nothing else; budgets are kept here, and who exceeds one is killed with all
that it has started. After a crash or a timeout the next call starts a new child.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.student import wire
from grader.student.budget import Deadline, DeadlinePassed, Limits
from grader.student.calls import Call, Returned, encode_call, read_results
from grader.student.channel import Channel, Closed, PollChannel, ThreadChannel
from grader.student.faults import BadOutput, Crashed, SourceLine, StudentFault, TimedOut
from grader.student.hosts import START_SECONDS, Child, Host, ProcessUnavailable, kernel_limits

TIMEOUTS_PER_FUNCTION = 2
LAST_WORDS = 0.5  # seconds that a child which has closed its pipes is given to end by itself


class StudentProcess:
    """Runs a submission's functions in a process of their own."""

    def __init__(
        self, files: dict[str, bytes], given_code: Path, limits: Limits, host: Host
    ) -> None:
        self.files = files
        self.given_code = given_code
        self.limits = limits
        self.host = host
        self.seconds = 0.0  # what counts against the budgets, see `budget`
        self.processor_seconds = 0.0
        self.starts = 0
        self._check_began = 0.0  # the value of `seconds` then
        self._call_seconds: float | None = None
        self._child: Child | None = None
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
            results = read_results(reply, calls)
            for call, returned in zip(calls, results, strict=True):
                if returned.found_in not in self.files:
                    why = {"why": "it names a file that was not handed in"}
                    raise BadOutput(call.function, "bad_frame", why)
            return results
        except StudentFault as fault:
            fault.frames = tuple(filter(self._is_real, fault.frames))
            if fault.reason == "bad_frame":
                self.close()  # whoever forged one answer may have more waiting in the pipe
            raise

    def _is_real(self, line: SourceLine) -> bool:
        """Whether a line that the child names is one of the submission's."""
        return 0 < line.number <= self.files.get(line.file, b"").count(b"\n") + 1

    def start_check(self) -> None:
        """A check begins: the child drops its kept objects, and the check's budget is whole."""
        self._forget = True
        self._check_began = self.seconds

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give every call inside the block another budget of processor time than the usual one."""
        before, self._call_seconds = self._call_seconds, seconds
        try:
            yield
        finally:
            self._call_seconds = before

    def take_output(self) -> str:
        """What the student's code printed since the last time this was asked, within the cap."""
        if self._channel is not None:
            self._output += self._channel.take_output()
        text = self._output.decode("utf-8", "replace")
        self._output.clear()
        return text

    def close(self) -> None:
        """Kill the child and whatever it has started, and wait for them."""
        self._end()

    def _end(self, patience: float = 0.0) -> int | None:
        child, channel = self._child, self._channel
        self._child = self._channel = None
        self._loaded.clear()
        if child is None:
            return None
        code = child.end(patience)
        if channel is not None:
            self._output += channel.take_output(ended=True)
            channel.close()
        return code

    def _refuse_if_spent(self, calls: list[Call]) -> None:
        times = {"times": TIMEOUTS_PER_FUNCTION}
        for call in calls:
            # A file that hangs while it is loaded hangs in every function: it is asked twice.
            spent = max(self._timeouts[call.function], self._timeouts[call.file])
            if spent >= TIMEOUTS_PER_FUNCTION:
                raise TimedOut(call.function, "timeout_again", times)
        limits = self.limits
        if self.seconds >= limits.submission_seconds:
            budget = {"seconds": limits.submission_seconds}
            raise TimedOut(calls[0].function, "timeout_submission", budget)
        if self.seconds - self._check_began >= limits.check_seconds:
            raise TimedOut(calls[0].function, "timeout_check", {"seconds": limits.check_seconds})

    def _allowed(self) -> float:
        """The processor time that the next message may use."""
        limits = self.limits
        return min(
            self._call_seconds or limits.call_seconds,
            self._check_began + limits.check_seconds - self.seconds,
            limits.submission_seconds - self.seconds,
        )

    def _ask(self, message: dict[str, Any], calls: list[Call], asked: set[str]) -> Any:
        frame = wire.pack(message)
        name = calls[0].function
        channel = self._started()
        assert self._child is not None
        allowed = self._allowed()
        deadline = Deadline(allowed, self._child.clock)
        started = time.monotonic()
        try:
            try:
                reply = channel.exchange(frame, deadline)
            finally:  # before the process is gone, and its clock with it
                waited = time.monotonic() - started
                self.seconds += deadline.charge()
                self.processor_seconds += deadline.used() or 0.0
            return wire.unpack(reply)
        except DeadlinePassed as passed:
            self._end()
            # Which call of the message hung is not known here; checks batch calls of one function.
            self._timeouts.update(asked)
            reason = "timeout_computing" if passed.computing else "timeout"
            seconds = allowed if passed.computing else waited
            raise TimedOut(name, reason, {"seconds": round(seconds, 1)}) from None
        except Closed:
            code = self._end(LAST_WORDS)
            if code is None:
                raise Crashed(name, "hung_up") from None
            reason = "killed" if code < 0 else "exited"
            raise Crashed(name, reason, {"code": abs(code)}) from None
        except wire.WireError as error:
            self._end()
            raise BadOutput(name, "bad_frame", {"why": str(error)}) from None

    def _started(self) -> Channel:
        if self._channel is not None:
            return self._channel
        self._child = child = self.host.start(self.limits)
        self.starts += 1
        channel_type = PollChannel if os.name == "posix" else ThreadChannel
        self._channel = channel_type(child.pipes, self.limits.output_bytes)
        load = {
            "op": "load",
            "files": self.files,
            "given": str(self.given_code),
            **kernel_limits(self.limits),
        }
        try:
            taken = wire.unpack(self._channel.exchange(wire.pack(load), Deadline(START_SECONDS)))
        except (Closed, DeadlinePassed, wire.WireError) as error:
            printed = self._channel.take_output().decode("utf-8", "replace").strip()
            self._end()
            reason = printed.splitlines()[-1] if printed else type(error).__name__
            raise ProcessUnavailable(f"the student process does not start: {reason}") from error
        if not set(taken).issuperset(self.host.layers):
            self._end()
            raise ProcessUnavailable("the student process is not confined as it should be")
        return self._channel
