"""One processor for the grader's thread and the student process it talks to.

They work in turn, hundreds of times in a grading. Waking another processor up for every message
costs more than most answers do, above all in a virtual machine. A call that takes long gets its
process a processor of its own again.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from pathlib import Path


class _Shares:
    """The processes that one thread shares its processor with."""

    def __init__(self) -> None:
        self.thread = threading.get_native_id()
        self.allowed = os.sched_getaffinity(0)  # where the thread may run otherwise
        self.processes: set[int] = set()


_by_thread: dict[int, _Shares] = {}  # of the threads that share


def share_processor(pid: int) -> Callable[[], None]:
    """Keep this thread and a process on the processor that the thread is on; how to undo it.

    Nothing is done where the system has no such thing.
    """
    try:
        shares = _by_thread.get(threading.get_native_id()) or _Shares()
        here = {_processor()}
        os.sched_setaffinity(pid, here)
        os.sched_setaffinity(0, here)
    except (AttributeError, OSError, ValueError):
        return lambda: None
    shares.processes.add(pid)
    _by_thread[shares.thread] = shares

    def release() -> None:
        if pid not in shares.processes:
            return
        shares.processes.discard(pid)
        with contextlib.suppress(OSError):  # it has ended
            os.sched_setaffinity(pid, shares.allowed)
        if not shares.processes:
            _by_thread.pop(shares.thread, None)
            with contextlib.suppress(OSError):  # the thread is gone
                os.sched_setaffinity(shares.thread, shares.allowed)

    return release


def _processor() -> int:
    """The number of the processor that runs this thread."""
    stat = Path("/proc/thread-self/stat").read_text(encoding="ascii", errors="replace")
    return int(stat.rpartition(")")[2].split()[36])
