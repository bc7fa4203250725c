"""Frames over the pipes of the student process, with a deadline on every exchange.

`PollChannel` is for POSIX; `ThreadChannel` for Windows, whose pipes cannot be polled. Both collect
what the student prints, up to a cap, and go on reading beyond it so that a flood blocks nobody.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import select
import threading
from typing import Protocol

from grader.student import wire
from grader.student.budget import Deadline
from grader.student.hosts import Pipes

CHUNK = 1 << 20
LAST_WORDS = 1.0  # seconds; only a process that outlives its group can use them up


class Closed(Exception):
    """The student process closed its end: it has exited or was killed."""


class Channel(Protocol):
    """One request, one reply; and what was printed meanwhile."""

    def exchange(self, frame: bytes, deadline: Deadline) -> bytearray:
        """Send a frame and return the reply's; raises `DeadlinePassed` or `Closed`."""
        ...

    def take_output(self, *, ended: bool = False) -> bytes:
        """What was printed since the last time this was asked, as far as the cap allows.

        ended: the process is dead, so that there is an end of what it has printed to wait for.
        """
        ...

    def close(self) -> None:
        """Close the pipes; the process must be dead already."""
        ...


class _Output:
    """Printed bytes up to a cap that holds for the life of the process."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.data = bytearray()

    def add(self, chunk: bytes) -> None:
        room = max(self.cap, 0)
        self.data += chunk[:room]
        self.cap -= min(len(chunk), room)

    def take(self) -> bytes:
        data = bytes(self.data)
        self.data.clear()
        return data


class PollChannel:
    """Pipes in non-blocking mode: writing, reading and draining in one loop."""

    def __init__(self, pipes: Pipes, output_cap: int) -> None:
        self.pipes = pipes
        self.request = pipes.request.fileno()
        self.reply = pipes.reply.fileno()
        self.printed = pipes.printed.fileno()
        for fd in (self.request, self.reply, self.printed):
            os.set_blocking(fd, False)
        self.poll = select.poll()
        self.poll.register(self.reply, select.POLLIN)
        self.poll.register(self.printed, select.POLLIN)
        self.output = _Output(output_cap)
        self.received = bytearray()  # what has come of the reply; or of one that nobody asked for

    def exchange(self, frame: bytes, deadline: Deadline) -> bytearray:
        unsent = memoryview(frame)
        unsent = unsent[self._write(unsent) :]  # most frames go at once
        if unsent:
            self.poll.register(self.request, select.POLLOUT)
        try:
            while not (wanted := self._reply_size()):
                for fd, _ in self.poll.poll(math.ceil(deadline.remaining() * 1000)):
                    if fd == self.printed:
                        self._drain_once()
                    elif fd == self.request:
                        unsent = unsent[self._write(unsent) :]
                        if not unsent:
                            self.poll.unregister(self.request)
                    else:
                        chunk = os.read(self.reply, CHUNK)
                        if not chunk:
                            raise Closed
                        self.received += chunk
        finally:
            if unsent:
                self.poll.unregister(self.request)
        reply = self.received[:wanted]
        del self.received[:wanted]
        return reply

    def _reply_size(self) -> int:
        """The size of the reply's frame, once all of it is there; 0 before."""
        if len(self.received) < wire.PREFIX.size:
            return 0
        wanted = wire.PREFIX.size + wire.frame_size(self.received[: wire.PREFIX.size])
        return wanted if len(self.received) >= wanted else 0

    def _write(self, data: memoryview) -> int:
        try:
            return os.write(self.request, data[:CHUNK])
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Closed from error

    def _drain_once(self) -> bool:
        try:
            chunk = os.read(self.printed, CHUNK)
        except BlockingIOError:
            return False
        if not chunk:
            with contextlib.suppress(KeyError):
                self.poll.unregister(self.printed)
            return False
        self.output.add(chunk)
        return True

    def take_output(self, *, ended: bool = False) -> bytes:
        # Bounded: a background thread of the student may print for ever.
        for _ in range(64):
            if not self._drain_once():
                break
        return self.output.take()

    def close(self) -> None:
        self.pipes.close()


class ThreadChannel:
    """The same with a thread per pipe."""

    def __init__(self, pipes: Pipes, output_cap: int) -> None:
        self.pipes = pipes
        self.request, self.reply, self.printed = pipes.request, pipes.reply, pipes.printed
        self.output = _Output(output_cap)
        self.replies: queue.Queue[bytearray | Exception] = queue.Queue()
        self.printing = threading.Thread(target=self._read_printed, daemon=True)
        self.threads = [threading.Thread(target=self._read_replies, daemon=True), self.printing]
        for thread in self.threads:
            thread.start()

    def exchange(self, frame: bytes, deadline: Deadline) -> bytearray:
        # Writing may block for as long as the student does not read: it has a thread of its own.
        self.threads = [thread for thread in self.threads if thread.is_alive()]
        self.threads.append(threading.Thread(target=self._write, args=(frame,), daemon=True))
        self.threads[-1].start()
        while True:
            with contextlib.suppress(queue.Empty):
                reply = self.replies.get(timeout=deadline.remaining())
                break
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _write(self, frame: bytes) -> None:
        unsent = memoryview(frame)
        with contextlib.suppress(OSError, ValueError):  # the reader notices a dead process
            while unsent:
                unsent = unsent[self.request.write(unsent) :]

    def _read_replies(self) -> None:
        try:
            while True:
                frame = self._read(wire.PREFIX.size)
                frame += self._read(wire.frame_size(frame))
                self.replies.put(frame)
        except (Closed, wire.WireError) as error:
            self.replies.put(error)

    def _read(self, count: int) -> bytearray:
        data = bytearray()
        while len(data) < count:  # a pipe without a buffer gives what it has
            try:
                chunk = self.reply.read(min(count - len(data), 1 << 20))
            except (OSError, ValueError):
                chunk = b""
            if not chunk:
                raise Closed
            data += chunk
        return data

    def _read_printed(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := self.printed.read(CHUNK):
                self.output.add(chunk)

    def take_output(self, *, ended: bool = False) -> bytes:
        if ended:
            self.printing.join(LAST_WORDS)
        return self.output.take()

    def close(self) -> None:
        # A thread still inside read() or write() would meet the next process's pipe: the system
        # gives the same numbers again. Dead processes end their pipes, so this takes no time.
        for thread in self.threads:
            thread.join(LAST_WORDS)
        if not any(thread.is_alive() for thread in self.threads):
            self.pipes.close()
