"""The zygote: a process with numpy loaded that forks one student process per submission.

It obeys the grader over a socket and runs no student code itself. Only it knows when a process is
really gone: it is the parent, and adopts whatever a student process leaves behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import signal
import socket
import sys
import time
from typing import Any

from .confinement import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    Allowance,
    Confinement,
    hide_from_others,
)
from .serve import serve

MAX_MESSAGE = 4096
POLL_SECONDS = 0.002


def run(control: socket.socket, confinement: Confinement, hidden: list[str]) -> None:
    """Obey until the grader hangs up: `start` with three pipes, `end`, `probe`."""
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
    if libc is not None:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        hide_from_others(libc)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the grader, which then hangs up
    gc.collect()
    gc.freeze()  # a collection in a fork would copy every page
    zygote, child = os.getpid(), 0
    while True:
        message, pipes = _receive(control)
        if message is None:
            _end(child)
            return
        reply: dict[str, Any]
        try:
            if message["op"] == "probe":
                allowance = Allowance(message["memory_bytes"], message["cpu_seconds"])
                reply = {"layers": _probe(confinement, allowance, hidden)}
            elif message["op"] == "start":
                child = os.fork()
                if child == 0:
                    _become_student(zygote, control, pipes, confinement, libc)
                reply = {"pid": child}
            else:
                reply = _end(child, message["patience"])
                child = 0
        except OSError as error:  # no more processes, say: the machine's fault
            reply = {"error": str(error)}
        for pipe in pipes:
            os.close(pipe)
        control.sendall(json.dumps(reply).encode())


def _receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    try:
        data, pipes, _, _ = socket.recv_fds(control, MAX_MESSAGE, 3)
    except ConnectionError:
        return None, []
    return (json.loads(data) if data else None), pipes


def _become_student(
    zygote: int,
    control: socket.socket,
    pipes: list[int],
    confinement: Confinement,
    libc: ctypes.CDLL | None,
) -> None:
    """In the fork: serve one submission and never come back."""
    code = 1
    try:
        os.setsid()
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != zygote:  # it has died before that
            return
        control.close()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        requests, replies, printed = pipes
        serve(requests, replies, printed, confinement)
        code = 0
    except BaseException as error:
        with contextlib.suppress(BaseException):
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(code)


def _end(child: int, patience: float = 0.0) -> dict[str, Any]:
    """Kill the student process and all that it has started; how it ended.

    patience: for how many seconds it may still end by itself
    """
    ended: dict[str, Any] = {"code": None, "cpu": 0.0}
    if child:
        deadline = time.monotonic() + patience
        while True:
            pid, status, usage = os.wait4(child, os.WNOHANG)
            if pid:
                ended["code"] = os.waitstatus_to_exitcode(status)
                break
            if time.monotonic() >= deadline:
                break
            time.sleep(POLL_SECONDS)
        for kill in (os.killpg, os.kill):  # it may not yet lead a group of its own
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if kill is os.killpg or ended["code"] is None:
                    kill(child, signal.SIGKILL)
        if ended["code"] is None:
            _, _, usage = os.wait4(child, 0)
        ended["cpu"] = usage.ru_utime + usage.ru_stime
    _kill_orphans()
    return ended


def _kill_orphans() -> None:
    """Kill what has been reparented to this process, until nothing is left."""
    while True:
        for pid in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(POLL_SECONDS)


def _children() -> list[int]:
    with contextlib.suppress(OSError), open("/proc/thread-self/children") as file:
        return [int(pid) for pid in file.read().split()]
    return []


def _probe(confinement: Confinement, allowance: Allowance, hidden: list[str]) -> list[str]:
    """The layers that work, found out in a process that ends after that."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            os.write(sending, json.dumps(confinement.probe(allowance, hidden)).encode())
        os._exit(0)
    os.close(sending)
    with open(receiving, "rb") as file:
        found = file.read()
    os.waitpid(child, 0)
    return list(json.loads(found)) if found else []
