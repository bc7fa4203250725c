"""Stopping a run: Ctrl-C, and what `kill`, a container's end or a batch system sends."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

INTERRUPTED = 128 + signal.SIGINT  # exit codes, as a shell has them
ENDED = 128 + signal.SIGTERM


class Stopped(Exception):
    """A run was stopped from outside; the exit code says by which signal."""

    def __init__(self, gradebook: Path, code: int) -> None:
        super().__init__(f"Stopped. What was graded is in {gradebook}; the same command goes on.")
        self.code = code


@contextlib.contextmanager
def stoppable(gradebook: Path) -> Iterator[None]:
    """SIGINT and SIGTERM end what is done here in the same way: by unwinding, and as `Stopped`."""
    code = INTERRUPTED

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal code
        code = ENDED
        raise KeyboardInterrupt

    here = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, end) if here else None
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped(gradebook, code) from None
    finally:
        if here:
            signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """Ctrl-C has to wait: for what would hand it on to processes that are being started."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
