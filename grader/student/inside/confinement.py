"""The layers that confine a student process: which there are, what each stops, and putting them on.

`Confinement` is prepared once, before any student code is near; each student process puts it on
with `enter`, for good. Which layers a machine has is found out by `probe`, which puts them on and
then tries what they should stop. docs/security.md says what remains.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from . import landlock, seccomp

# In the order in which they are reported.
LAYERS: Final = {
    "process": "access to the grader's objects; exits, crashes and hangs that would end it",
    "rlimits": "taking all memory or processor time, files of any size, core dumps",
    "landlock": "reading anything but Python, numpy and the given code; writing; TCP; signals",
    "uid": "the same by file permissions, where there is no Landlock: a user that owns nothing",
    "seccomp": "network, new processes and threads, signals, tracing, writing, others' limits",
}
FILES: Final = ("landlock", "uid")  # either isolates files

MAX_OPEN_FILES: Final = 64
UNUSED_UIDS: Final = range(64_000, 65_000)
PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 2, 4, 36


def lacking_layers(active: Collection[str]) -> list[str]:
    """What official grading must stand on and lacks; empty where all is well."""
    needed = {"rlimits": ("rlimits",), "landlock": FILES, "seccomp": ("seccomp",)}
    return [name for name, either in needed.items() if not set(either).intersection(active)]


@dataclass(frozen=True)
class Allowance:
    """What a process may use before the kernel ends it, whatever the grader does."""

    memory_bytes: int
    cpu_seconds: int


class Confinement:
    """The layers of this machine, ready to be put on.

    readable: folders that student code may read, beside Python's own library
    without: layers to leave out, to see what each one is good for
    """

    def __init__(self, readable: Collection[str] = (), without: Collection[str] = ()) -> None:
        self._without = frozenset(without)
        self._libc: ctypes.CDLL | None = None
        self._ruleset: int | None = None
        self._program: bytes | None = None
        if not sys.platform.startswith("linux"):
            return
        self._libc = ctypes.CDLL(None, use_errno=True)
        if "landlock" not in self._without:
            files = [*readable, *_library_files(), os.devnull, "/dev/urandom"]
            self._ruleset = landlock.make_ruleset(self._libc, files, sys.path)
        if "seccomp" not in self._without:
            self._program = seccomp.filter_program()

    @property
    def hides_library(self) -> bool:
        """Whether a process that has put this on may be unable to import more of Python's library.

        Another user may have no right to the folder that Python is installed in.
        """
        return self._drops_user

    @property
    def _drops_user(self) -> bool:
        return (
            self._libc is not None
            and self._ruleset is None
            and "uid" not in self._without
            and os.geteuid() == 0
        )

    def enter(self, allowance: Allowance) -> tuple[str, ...]:
        """Put every layer on, for good; the names of those that the kernel has taken."""
        taken = ["process"]
        if "rlimits" not in self._without and _limit(allowance):
            taken.append("rlimits")
        if self._libc is None:
            return tuple(taken)
        if self._drops_user and _become_nobody(self._libc):
            taken.append("uid")
        seccomp.forbid_new_privileges(self._libc)
        if self._ruleset is not None:
            if landlock.enter(self._libc, self._ruleset):
                taken.append("landlock")
            os.close(self._ruleset)
        if self._program is not None and seccomp.install(self._libc, self._program):
            taken.append("seccomp")
        return tuple(taken)

    def probe(self, allowance: Allowance, hidden: Collection[str]) -> tuple[str, ...]:
        """The layers that do on this machine what they are for.

        hidden: files that student code must not be able to read.
        Only for a process that ends afterwards: it confines itself.
        """
        taken = set(self.enter(allowance))
        if any(map(_can_read, hidden)) or ("landlock" in taken and _can_list("/")):
            taken.difference_update(FILES)
        if "seccomp" in taken and (_can_signal() or _can_connect()):
            taken.discard("seccomp")
        return tuple(layer for layer in LAYERS if layer in taken)


def _library_files() -> Iterator[str]:
    """Python's own library without the packages installed beside it, and the system's libraries."""
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                if name not in ("site-packages", "dist-packages"):
                    yield os.path.join(folder, name)
    machine = os.uname().machine
    for folder in (f"/lib/{machine}-linux-gnu", f"/usr/lib/{machine}-linux-gnu"):
        if os.path.isdir(folder):
            yield folder


def _limit(allowance: Allowance) -> bool:
    try:
        import resource
    except ImportError:  # Windows
        return False
    # Writes past the size limit raise OSError; Python ignores the signal, but a library may not.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    memory, cpu = allowance.memory_bytes, allowance.cpu_seconds
    limits = {
        "RLIMIT_CORE": 0,
        "RLIMIT_AS": memory,
        "RLIMIT_DATA": memory,
        "RLIMIT_CPU": cpu,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": MAX_OPEN_FILES,
        "RLIMIT_NPROC": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    for name, limit in limits.items():
        with contextlib.suppress(AttributeError, ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(getattr(resource, name), (limit, limit))
    with contextlib.suppress(ValueError, OSError):
        return resource.getrlimit(resource.RLIMIT_AS)[0] == memory
    return False


def _become_nobody(libc: ctypes.CDLL) -> bool:
    """Change to a user that owns no file and runs no other process."""
    # With the user the kernel forgets which signal the parent's death sends.
    death_signal = ctypes.c_int(0)
    libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(death_signal), 0, 0, 0)
    start = os.getpid() % len(UNUSED_UIDS)
    for uid in (*UNUSED_UIDS[start:], *UNUSED_UIDS[:start]):
        if _is_used(uid):
            continue
        try:
            os.setgroups([])
            os.setresgid(uid, uid, uid)
            os.setresuid(uid, uid, uid)
        except OSError:  # a container without this user, or without the right to change
            return False
        libc.prctl(PR_SET_PDEATHSIG, death_signal.value, 0, 0, 0)
        return True
    return False


def _is_used(uid: int) -> bool:
    try:
        import pwd

        pwd.getpwuid(uid)
    except (ImportError, KeyError):
        return False
    return True


def _can_read(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def _can_list(path: str) -> bool:
    try:
        os.listdir(path)
    except OSError:
        return False
    return True


def _can_signal() -> bool:
    try:
        os.kill(os.getpid(), 0)
    except OSError:
        return False
    return True


def _can_connect() -> bool:
    try:
        socket.socket().close()
    except OSError:
        return False
    return True


def hide_from_others(libc: ctypes.CDLL | None = None) -> None:
    """Let no other process of the same user read this one's memory or trace it (Linux)."""
    if sys.platform.startswith("linux"):
        (libc or ctypes.CDLL(None)).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
