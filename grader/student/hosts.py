"""Where student processes come from: a zygote that forks them, or a fresh interpreter for each.

A host serves one submission after another. What it starts has numpy loaded, an environment of its
own, and confines itself before it runs student code; see `inside/`.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from importlib.util import find_spec
from io import FileIO
from pathlib import Path
from typing import Any, Protocol

from grader.student.affinity import share_processor
from grader.student.budget import Limits, ProcessorClock
from grader.student.inside.confinement import LAYERS

START = Path(__file__).parent / "inside" / "start.py"
_numpy = find_spec("numpy")  # importing it takes long
assert _numpy is not None and _numpy.origin is not None
NUMPY = Path(_numpy.origin).parent
START_SECONDS = 60.0  # numpy from a cold, slow disk; this is the grader's time, not the student's
END_SECONDS = 30.0
PIPE_BYTES = 1 << 18  # of the 64 MiB that Linux gives the pipes of a user
FORKS = sys.platform.startswith("linux")  # on macOS a fork of a process with numpy is not safe

# One BLAS thread: the results do not depend on the machine's core count, and a fork is safe.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "LC_ALL": "C.UTF-8",
    # glibc keeps what is freed: fetched anew for every message, memory costs a tenth of a grading.
    "MALLOC_TRIM_THRESHOLD_": str(32 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
}
# Windows needs these to start any program at all.
KEPT_VARIABLES = ("SYSTEMROOT", "WINDIR", "PATHEXT", "TEMP", "TMP")


class ProcessUnavailable(Exception):
    """A process could not be started: the machine's fault, never the student's."""


@dataclass(frozen=True)
class Pipes:
    """The grader's ends: calls go out, answers and what student code prints come in."""

    request: FileIO
    reply: FileIO
    printed: FileIO

    def close(self) -> None:
        for pipe in (self.request, self.reply, self.printed):
            with contextlib.suppress(OSError):
                pipe.close()


class Child(Protocol):
    """One student process."""

    pipes: Pipes
    clock: ProcessorClock

    def free(self) -> None:
        """Let it, and the thread that started it, run on any processor again."""
        ...

    def end(self, patience: float = 0.0) -> int | None:
        """Kill it and all that it has started. Its exit code, a signal's negative.

        None: it had to be killed. patience: for how many seconds it may still end by itself.
        """
        ...


class Host(Protocol):
    """Starts student processes, one at a time."""

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that confine its processes, in the order of `confinement.LAYERS`."""
        ...

    def start(self, limits: Limits) -> Child: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Enclosure:
    """What student processes may and may not see of this machine.

    given_code: the folder of `assignment`, which student code may import
    hidden: files that it must not be able to read; layers that let it do not count
    without: layers to leave out, to see what each one is good for
    """

    given_code: Path
    hidden: tuple[Path, ...] = ()
    without: frozenset[str] = frozenset()

    def command(self, control: int | None) -> list[str]:
        """The command line of a zygote, or, without a control socket, of a student process."""
        libraries = NUMPY.parent / "numpy.libs"  # OpenBLAS, in numpy's wheels
        options = {
            "numpy": str(NUMPY.parent),
            "readable": [str(path) for path in (NUMPY, libraries, self.given_code.resolve())],
            "hidden": [str(path.resolve()) for path in self.hidden],
            "without": sorted(self.without),
            "control": control,
        }
        return [sys.executable, "-I", "-S", "-B", str(START), json.dumps(options)]


def open_host(enclosure: Enclosure, *, forks: bool = FORKS) -> Host:
    """The fastest host that is safe on this system; it starts at once, and in the background."""
    return Zygote(enclosure) if forks else FreshProcesses(enclosure)


def kernel_limits(limits: Limits) -> dict[str, int]:
    """What the kernel enforces, should the grader be gone: a little more than the grader does."""
    return {
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": math.ceil(limits.submission_seconds) + 2,
    }


def _popen(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    environment = dict(ENVIRONMENT)
    for name in KEPT_VARIABLES:
        if name in os.environ:
            environment[name] = os.environ[name]
    folder = "/" if os.name == "posix" else tempfile.gettempdir()
    try:
        return subprocess.Popen(
            command, bufsize=0, env=environment, cwd=folder, start_new_session=True, **options
        )
    except OSError as error:
        raise ProcessUnavailable(f"the student process does not start: {error}") from error


def _widen(pipe: int) -> None:
    """Let a large message go at once, where the system has room for it: else in many pieces."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


class Zygote:
    """Forks a process per submission from one that has numpy loaded."""

    def __init__(self, enclosure: Enclosure) -> None:
        self._enclosure = enclosure
        self._layers: tuple[str, ...] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(ProcessUnavailable):  # said when it is needed
            self._launch()

    def _launch(self) -> None:
        self.close()
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_SECONDS)
        with theirs:
            try:
                self._process = _popen(
                    self._enclosure.command(theirs.fileno()),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    pass_fds=[theirs.fileno()],
                )
            except ProcessUnavailable:
                self._control.close()
                raise
        self._layers = None
        # Asked now, so that the answer is there when it is wanted.
        self._send({"op": "probe", **kernel_limits(Limits())})

    @property
    def layers(self) -> tuple[str, ...]:
        if self._layers is None:
            if self._process is None:
                self._launch()
            self._layers = tuple(self._answer()["layers"])
        return self._layers

    def start(self, limits: Limits) -> Child:
        try:
            return self._fork()
        except ProcessUnavailable:
            if self._process is not None:  # it is there, and cannot fork
                raise
            return self._fork()  # somebody had killed it

    def _fork(self) -> Child:
        if self._process is None:
            self._launch()
        if self._layers is None:  # what was asked first is answered first
            self._layers = tuple(self._answer()["layers"])
        ours: list[FileIO] = []
        theirs: list[int] = []
        for to_child in (True, False, False):
            reading, writing = os.pipe()
            if len(theirs) < 2:  # not what is printed
                _widen(writing)
            ours.append(FileIO(writing, "w") if to_child else FileIO(reading, "r"))
            theirs.append(reading if to_child else writing)
        pipes = Pipes(*ours)
        try:
            self._send({"op": "start"}, theirs)
            pid = self._answer()["pid"]
        except BaseException:
            pipes.close()
            raise
        finally:
            for pipe in theirs:
                os.close(pipe)
        return _Fork(self, pid, pipes)

    def end(self, pid: int, patience: float) -> int | None:
        """Have the running process killed; see `Child.end`."""
        try:
            self._send({"op": "end", "patience": patience})
            code = self._answer(patience + END_SECONDS)["code"]
        except ProcessUnavailable:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            return None
        return int(code) if code is not None else None

    def _send(self, message: dict[str, Any], pipes: Collection[int] = ()) -> None:
        with contextlib.suppress(OSError):  # reading the answer tells
            socket.send_fds(self._control, [json.dumps(message).encode()], list(pipes))

    def _answer(self, seconds: float = START_SECONDS) -> dict[str, Any]:
        try:
            self._control.settimeout(seconds)
            data = self._control.recv(1 << 16)
        except ConnectionError:  # it has ended without reading what it was sent
            data = b""
        except OSError as error:
            self._give_up()  # an answer that came later would be taken for the next one
            raise ProcessUnavailable(f"the student process does not answer: {error}") from error
        if not data:
            words = self._give_up()
            raise ProcessUnavailable(f"the student process does not start: {words}")
        answer: dict[str, Any] = json.loads(data)
        if "error" in answer:
            raise ProcessUnavailable(f"the student process does not start: {answer['error']}")
        return answer

    def _give_up(self) -> str:
        """Kill the zygote, if it is still there; its last words."""
        process = self._process
        if process is None or process.stderr is None:
            return "it has been closed"
        process.kill()
        words = process.stderr.read().decode("utf-8", "replace").strip()
        self.close()
        return words.splitlines()[-1] if words else f"it ended with code {process.wait()}"

    def close(self) -> None:
        """Hang up: the zygote kills what it has started, and ends."""
        process, self._process = self._process, None
        if process is None:
            return
        self._control.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stderr is not None
        process.stderr.close()


class _Fork:
    def __init__(self, zygote: Zygote, pid: int, pipes: Pipes) -> None:
        self.pid, self.pipes = pid, pipes
        self.clock = ProcessorClock(pid)
        self._zygote = zygote
        self.free = share_processor(pid)

    def end(self, patience: float = 0.0) -> int | None:
        self.free()
        return self._zygote.end(self.pid, patience)


class FreshProcesses:
    """Starts a new interpreter for each submission: slower, and works everywhere."""

    def __init__(self, enclosure: Enclosure) -> None:
        self._enclosure = enclosure
        self._layers: tuple[str, ...] | None = None

    @property
    def layers(self) -> tuple[str, ...]:
        if self._layers is None:
            self._layers = self._probe()
        return self._layers

    def _probe(self) -> tuple[str, ...]:
        if sys.platform.startswith("linux"):  # the same layers as a zygote's
            zygote = Zygote(self._enclosure)
            try:
                return zygote.layers
            finally:
                zygote.close()
        there = {"process", "rlimits"} if os.name == "posix" else {"process"}
        return tuple(name for name in LAYERS if name in there - self._enclosure.without)

    def start(self, limits: Limits) -> Child:
        command = self._enclosure.command(None)
        pipe = subprocess.PIPE
        return _Fresh(_popen(command, stdin=pipe, stdout=pipe, stderr=pipe))

    def close(self) -> None:
        """Nothing: every process has been ended."""


class _Fresh:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        pipes = (process.stdin, process.stdout, process.stderr)
        assert all(isinstance(pipe, FileIO) for pipe in pipes)
        self.pipes = Pipes(*pipes)  # type: ignore[arg-type]
        self.clock = ProcessorClock(process.pid)

    def free(self) -> None:
        """Nothing: it was never bound to one."""

    def end(self, patience: float = 0.0) -> int | None:
        code: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._process.wait(patience)
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        return code
