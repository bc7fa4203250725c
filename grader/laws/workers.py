"""Processes in which mutants meet the checks; one that hangs or dies is replaced."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
from multiprocessing.connection import Connection

from grader.laws.court import CRASHED, HUNG, Court, Verdict
from grader.laws.mutation import Mutant
from grader.project import Project
from grader.running import GradingError, Rerun, run_checks

SECONDS = 60.0  # for one mutant; the solutions take less than two
START_SECONDS = 120.0
MEMORY = 4 << 30


class Workers:
    """Some worker processes, for as many threads.

    Raises GradingError where the solutions themselves do not pass.
    """

    def __init__(
        self, project: Project, count: int | None = None, seconds: float = SECONDS
    ) -> None:
        count = count or min(max(os.cpu_count() or 1, 2), 8)
        self._all = [_Worker(project, seconds) for _ in range(count)]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        try:
            for worker in self._all:
                worker.wait_until_ready()
                self._idle.put(worker)
        except BaseException:
            self.close()
            raise

    def __len__(self) -> int:
        return len(self._all)

    def judge(self, mutant: Mutant) -> Verdict:
        """The verdict on a mutant, from a worker that is free; to be called in several threads."""
        worker = self._idle.get()
        try:
            return worker.judge(mutant)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """End the processes."""
        for worker in self._all:
            worker.kill()


class _Worker:
    """One process, and the pipe to it."""

    def __init__(self, project: Project, seconds: float) -> None:
        self.project, self.seconds = project, seconds
        self.start()

    def start(self) -> None:
        """Start a process; it reports that it is ready."""
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(self.project, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def wait_until_ready(self) -> None:
        """Wait for the process's first message; GradingError if it cannot start."""
        try:
            report = self.pipe.recv() if self.pipe.poll(START_SECONDS) else "it does not start"
        except EOFError:
            report = "it ended at its start"
        if report != "ready":
            raise GradingError(f"a process that judges mutants does not work: {report}")

    def judge(self, mutant: Mutant) -> Verdict:
        """What the process says of a mutant, or that it hung or died of it."""
        self.pipe.send(mutant)
        try:
            if self.pipe.poll(self.seconds):
                answer = self.pipe.recv()
                if isinstance(answer, Verdict):
                    return answer
                raise GradingError(str(answer))
            verdict = Verdict(HUNG, (f"by taking more than {self.seconds:g} s",))
        except (EOFError, ConnectionError):
            verdict = Verdict(CRASHED, ("by ending the process",))
        self.kill()
        self.start()
        self.wait_until_ready()
        return verdict

    def kill(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def _work(project: Project, pipe: Connection) -> None:
    """A worker: judge every mutant that comes through the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started this
    _limit_memory()

    def body(rerun: Rerun) -> None:
        court.prepare(rerun)
        pipe.send("ready")
        while True:
            pipe.send(court.verdict(rerun, pipe.recv()))

    try:
        court = Court(project)
        run_checks(project, court.judge, body)
    except EOFError:
        pass
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(ValueError, OSError):  # macOS refuses
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
