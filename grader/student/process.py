"""The parent side of the student process: start, ask, deadlines, kill, restart.

One `StudentProcess` serves one submission. The child gets the submission's source and the
arguments of calls, nothing else; budgets are kept here, and who exceeds one is killed with all
that it has started. After a crash or a timeout the next call starts a new child.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path

from grader.student import wire
from grader.student.budget import Deadline, DeadlinePassed, Limits
from grader.student.calls import (
    Call,
    Heard,
    NotRepeated,
    Question,
    Returned,
    encode_call,
    read_results,
)
from grader.student.channel import Channel, Closed, PollChannel, ThreadChannel
from grader.student.faults import BadOutput, Crashed, SourceLine, StudentFault, TimedOut
from grader.student.hosts import START_SECONDS, Child, Host, ProcessUnavailable, kernel_limits

TIMEOUTS_PER_FUNCTION = 2
HEARD_BYTES = 8 << 20  # of a check; right answers take a good deal less
LAST_WORDS = 0.5  # seconds that a child which has closed its pipes is given to end by itself


class StudentProcess:
    """Runs a submission's functions in a process of their own.

    seed: what the submission draws at random depends on it, and on the check, alone; it cannot be
        found out from what is drawn
    """

    def __init__(
        self,
        files: dict[str, bytes],
        given_code: Path,
        limits: Limits,
        host: Host,
        seed: int = 0,
    ) -> None:
        self.files = files
        self.given_code = given_code
        self.limits = limits
        self.host = host
        self._draws = int.from_bytes(hashlib.sha256(f"draws {seed}".encode()).digest()[:4], "big")
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
        self.heard: list[Heard] | None = []  # in this check; None: not all of it can be told
        self._heard_bytes = 0
        self._ahead: deque[tuple[Question, bytes | StudentFault]] = deque()  # asked before `run`

    def run(self, calls: list[Call]) -> list[Returned]:
        """Send the calls in one message; raises the `StudentFault` of the first without result."""
        if not calls:
            return []
        message = {
            "op": "run",
            "forget": self._forget,
            "calls": [encode_call(call) for call in calls],
        }
        called = tuple(dict.fromkeys((call.function, call.file) for call in calls))
        question = Question(called, self._call_seconds, wire.pack(message))
        self._forget = False
        try:
            reply = self._reply(question)
            answer = bytes(reply)  # a check may change the arrays in a reply
            results = self._read(reply, calls)
        except StudentFault as fault:
            fault.frames = tuple(filter(self._is_real, fault.frames))
            if fault.reason == "bad_frame":
                self.close()  # whoever forged one answer may have more waiting in the pipe
            self.heard = None
            raise
        self._heard_bytes += len(question.frame) + len(answer)
        if self._heard_bytes > HEARD_BYTES:
            self.heard = None
        if self.heard is not None:
            self.heard.append(Heard(question, answer))
        return results

    def ask(self, question: Question) -> bytes:
        """Ask what was asked of another submission; `run`, when it comes to it, has the answer.

        Raises the `StudentFault` if there is none; `run` does, too. NotRepeated where files that
        the question is about were not handed in.
        """
        if any(file not in self.files for _, file in question.called):
            raise NotRepeated
        try:
            answer = bytes(self._exchange(question))
        except StudentFault as fault:
            self._ahead.append((question, fault))
            raise
        self._ahead.append((question, answer))
        return answer

    def _reply(self, question: Question) -> bytearray:
        if not self._ahead:
            return self._exchange(question)
        asked, answer = self._ahead.popleft()
        if asked != question:
            self.close()
            raise NotRepeated
        if isinstance(answer, StudentFault):
            raise answer
        return bytearray(answer)

    def _exchange(self, question: Question) -> bytearray:
        self._refuse_if_spent(question)
        for file in dict.fromkeys(file for _, file in question.called):
            if file in self.files and file not in self._loaded:
                # On its own, so that a hang while loading is told from a hang in a function.
                self._ask(wire.pack({"op": "import", "file": file}), question, {file})
                self._loaded.add(file)
        functions = {function for function, _ in question.called}
        return self._ask(question.frame, question, functions)

    def _read(self, reply: bytearray, calls: list[Call]) -> list[Returned]:
        """What is in a reply; nothing in it is believed."""
        try:
            content = wire.unpack(reply)
        except wire.WireError as error:
            raise BadOutput(calls[0].function, "bad_frame", {"why": str(error)}) from None
        results = read_results(content, calls)
        for call, returned in zip(calls, results, strict=True):
            if returned.found_in not in self.files:
                why = {"why": "it names a file that was not handed in"}
                raise BadOutput(call.function, "bad_frame", why)
        return results

    def _is_real(self, line: SourceLine) -> bool:
        """Whether a line that the child names is one of the submission's."""
        return 0 < line.number <= self.files.get(line.file, b"").count(b"\n") + 1

    def start_check(self) -> None:
        """A check begins: the child drops its kept objects, and the check's budget is whole."""
        self.heard = []
        self._heard_bytes = 0
        self._ahead.clear()
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

    def _refuse_if_spent(self, question: Question) -> None:
        times = {"times": TIMEOUTS_PER_FUNCTION}
        for function, file in question.called:
            # A file that hangs while it is loaded hangs in every function: it is asked twice.
            spent = max(self._timeouts[function], self._timeouts[file])
            if spent >= TIMEOUTS_PER_FUNCTION:
                raise TimedOut(function, "timeout_again", times)
        limits, (first, _) = self.limits, question.called[0]
        if self.seconds >= limits.submission_seconds:
            budget = {"seconds": limits.submission_seconds}
            raise TimedOut(first, "timeout_submission", budget)
        if self.seconds - self._check_began >= limits.check_seconds:
            raise TimedOut(first, "timeout_check", {"seconds": limits.check_seconds})

    def _allowed(self, question: Question) -> float:
        """The processor time that the next message may use."""
        limits = self.limits
        return min(
            question.seconds or limits.call_seconds,
            self._check_began + limits.check_seconds - self.seconds,
            limits.submission_seconds - self.seconds,
        )

    def _ask(self, frame: bytes, question: Question, asked: set[str]) -> bytearray:
        name, _ = question.called[0]
        channel = self._started()
        assert self._child is not None
        allowed = self._allowed(question)
        deadline = Deadline(allowed, self._child.clock, on_long=self._child.free)
        started = time.monotonic()
        try:
            try:
                return channel.exchange(frame, deadline)
            finally:  # before the process is gone, and its clock with it
                waited = time.monotonic() - started
                self.seconds += deadline.charge()
                self.processor_seconds += deadline.used() or 0.0
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
            "draws": self._draws,
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
