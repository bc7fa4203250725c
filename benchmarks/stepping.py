"""Training loops in processes of their own, which take steps when they are told to.

A benchmark's sides must not share a process (threads, memory), yet must run in turn. Each is a
worker on pipes: it says once what it computes with, then answers every line `CLOCK STEPS` with the
time of each of that many steps, and `losses` with all its losses. Only the standard library is used
here, so that a worker can run in a peer's environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Self

ROOT = Path(__file__).resolve().parent.parent
# With one thread the processor's time is the wall's, but for what else the machine does.
CLOCKS: Final = {"processor": time.process_time, "wall": time.perf_counter}
# After the other sides' rounds, the first steps find their data out of the caches.
LEAD_IN: Final = 3


class WorkerEnded(Exception):
    """A worker has ended before it was told to."""


def serve(step: Callable[[], object], losses: Sequence[float], about: Mapping[str, object]) -> None:
    """Be a worker: take steps as the other end of the pipe asks, until it closes it."""
    answer(about)
    for line in sys.stdin:
        if line.strip() == "losses":
            answer(list(losses))
            continue
        clock_name, _, count = line.partition(" ")
        clock = CLOCKS[clock_name]
        seconds = []
        for _ in range(int(count)):
            started = clock()
            step()
            seconds.append(clock() - started)
        answer(seconds)


def answer(value: object) -> None:
    """One line of JSON."""
    print(json.dumps(value), flush=True)


class Worker:
    """The driver's end of one worker.

    python       the interpreter
    module       what to run in it, which calls `serve`
    environment  of the process, the number of threads in particular
    """

    def __init__(
        self,
        python: str | os.PathLike[str],
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
    ) -> None:
        self._process = subprocess.Popen(
            [os.fspath(python), "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            cwd=ROOT,
            text=True,
        )
        self.about: dict[str, Any] = self._read()

    def milliseconds(self, steps: int, clock: str) -> float:
        """The shortest of `steps` steps, after a few that are not counted.

        A longer one was interrupted: steps all do the same work.
        """
        seconds: list[float] = self._ask(f"{clock} {LEAD_IN + steps}")[LEAD_IN:]
        return 1000 * min(seconds)

    def losses(self, steps: int) -> list[float]:
        """Take `steps` steps; all losses so far."""
        self._ask(f"wall {steps}")
        found: list[float] = self._ask("losses")
        return found

    def _ask(self, what: str) -> Any:
        assert self._process.stdin is not None
        print(what, file=self._process.stdin, flush=True)
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._end()
            code = self._process.returncode
            raise WorkerEnded(f"a side ended with exit code {code}: see above")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        """Close its input, which is how a worker ends, and wait until it has."""
        assert self._process.stdin is not None
        if not self._process.stdin.closed:
            self._process.communicate()
