"""The student process's conversation with the grader: load the submission once, then run calls."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
from typing import Any, BinaryIO

import numpy as np

from .. import wire
from .confinement import Allowance, Confinement
from .executor import Executor, describe_exception
from .imports import SubmissionFinder, UnavailableFinder, import_ahead, offer_given_code

# What generators without a seed are seeded with: apart, so that student code cannot seed them all.
_entropy = random.Random()

BUFFER = 1 << 16  # a request is mostly read at once


def serve(requests: int, replies: int, printed: int, confinement: Confinement) -> None:
    """Answer messages until the grader closes its end; `printed` takes what student code prints.

    The arguments are file descriptors, and the only ones that stay open.
    """
    _redirect(printed)
    answers = io.BufferedWriter(io.FileIO(replies, "w"))
    questions = io.BufferedReader(io.FileIO(requests, "r"), BUFFER)
    executor, draws = Executor({}), 0
    np.random.bit_generator.randbits = _entropy.getrandbits  # type: ignore[attr-defined]
    while True:
        try:
            request = _read_exactly(questions, wire.PREFIX.size)
            request += _read_exactly(questions, wire.frame_size(request))
        except EOFError:
            return
        message = wire.unpack(request)
        if message["op"] == "load":
            executor, layers = _load(message, confinement)
            draws = message["draws"]
            reply: Any = list(layers)  # before any student code has run: this can be believed
        elif message["op"] == "import":
            executor.load(message["file"])
            reply = "imported"
        else:
            if message["forget"]:  # a check begins: its draws do not depend on those before
                executor.forget()
                _seed(draws)
            reply = executor.run(message["calls"])
        for name in ("stdout", "stderr"):
            with contextlib.suppress(BaseException):  # the student has closed or replaced it
                getattr(sys, name).flush()
        try:
            frame = wire.pack(reply)
        except (MemoryError, wire.WireError) as error:  # too large to send
            reply = None  # its memory is needed to say so
            frame = wire.pack([describe_exception(MemoryError(str(error)), {})])
        answers.write(frame)
        answers.flush()


def _load(message: dict[str, Any], confinement: Confinement) -> tuple[Executor, tuple[str, ...]]:
    files = message["files"]
    _seed(message["draws"])
    offer_given_code(message["given"])
    if confinement.hides_library:
        import_ahead(files)
    layers = confinement.enter(Allowance(message["memory_bytes"], message["cpu_seconds"]))
    sys.meta_path.insert(0, SubmissionFinder(files))
    sys.meta_path.append(UnavailableFinder(files))
    return Executor(files), layers


def _seed(draws: int) -> None:
    """Seed all random numbers of student code: the same code draws the same again."""
    np.random.seed(draws)
    random.seed(draws)
    _entropy.seed(f"entropy {draws}")


def _redirect(printed: int) -> None:
    """Send standard output and error to one pipe, apart from the replies; input is empty."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    if printed > 2:
        os.close(printed)
    sys.stdout = sys.stderr = io.TextIOWrapper(
        io.FileIO(1, "w", closefd=False), "utf-8", "replace", line_buffering=True
    )
    sys.stdin = io.TextIOWrapper(io.FileIO(0, "r", closefd=False))


def _read_exactly(stream: BinaryIO | io.FileIO, count: int) -> bytearray:
    data = bytearray(count)
    view = memoryview(data)
    done = 0
    while done < count:
        got = stream.readinto(view[done:])  # type: ignore[union-attr]
        if not got:
            raise EOFError
        done += got
    return data
