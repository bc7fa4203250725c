"""What a submission may use, and the clock that it is measured by.

The budgets are of processor time: a busy machine makes nobody fail. A function that waits, or a
machine that cannot tell another process's processor time, is given `PATIENCE` times as long by the
clock on the wall.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 2.0
SHORTEST_WAIT = 0.01
LONG = 0.25


@dataclass(frozen=True)
class Limits:
    """What one submission may use; a call is one message, which may run a function many times."""

    call_seconds: float = 5.0
    check_seconds: float = 10.0
    submission_seconds: float = 60.0
    memory_bytes: int = 1 << 30
    output_bytes: int = 64 << 10


class DeadlinePassed(Exception):
    """No complete answer came in time; `computing`: the processor time is what was used up."""

    def __init__(self, *, computing: bool = False) -> None:
        super().__init__()
        self.computing = computing


class ProcessorClock:
    """The processor time that another process has used, all its threads together."""

    def __init__(self, pid: int) -> None:
        self._clock = (~pid << 3) | 2 if sys.platform.startswith("linux") else None
        self._seconds = 0.0

    def seconds(self) -> float | None:
        """Seconds of processor time so far; None where this system does not tell."""
        if self._clock is None:
            return None
        with contextlib.suppress(OSError):  # it has just died
            self._seconds = time.clock_gettime(self._clock)
        return self._seconds


class Deadline:
    """When a call must have answered: after so much processor time, or so long on the wall."""

    def __init__(
        self,
        seconds: float,
        clock: ProcessorClock | None = None,
        patience: float = PATIENCE,
        *,
        on_long: Callable[[], None] | None = None,
    ) -> None:
        self._on_long = on_long  # called once, after `LONG` seconds
        self._clock = clock
        self._patience = patience
        self._start = time.monotonic()
        self._end = self._start + seconds * patience
        self._processor_start = clock.seconds() if clock is not None else None
        self._seconds = seconds

    def remaining(self) -> float:
        """For how long one can wait before asking again; DeadlinePassed when it is over."""
        now = time.monotonic()
        left = self._end - now
        if left <= 0:
            raise DeadlinePassed
        if self._on_long is not None:
            if now - self._start < LONG:
                return min(left, LONG)
            self._on_long()
            self._on_long = None
        # A process cannot use processor time faster than it passes; threads are not allowed.
        if now - self._start < self._seconds:
            return min(left, max(self._seconds - (now - self._start), SHORTEST_WAIT))
        used = self.used()
        if used is not None:
            if used >= self._seconds:
                raise DeadlinePassed(computing=True)
            left = min(left, max(self._seconds - used, SHORTEST_WAIT))
        return left

    def charge(self) -> float:
        """What counts of the time since the start: computing, or, more cheaply, waiting."""
        waited = (time.monotonic() - self._start) / self._patience
        return max(waited, self.used() or 0.0)

    def used(self) -> float | None:
        """The processor time used since the start; None where this system does not tell."""
        if self._clock is None or self._processor_start is None:
            return None
        return (self._clock.seconds() or 0.0) - self._processor_start
