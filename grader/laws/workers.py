"""Processes in which mutants meet the checks; one that hangs or dies is replaced."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import pytest

from grader.answers import load_variants
from grader.judging import Judge
from grader.laws.mutation import Mutant, run_in
from grader.laws.trial import affected_by
from grader.manifest import Manifest, load_manifest
from grader.outcomes import Outcome
from grader.project import Project
from grader.reference import LiveSource, load_solutions
from grader.results import Status
from grader.running import GradingError, Rerun, run_checks
from grader.student.local import LocalRunner

SEEDS = (1, 2, 3)
SECONDS = 20.0  # for one mutant; the solutions take less than one
START_SECONDS = 120.0
MEMORY = 4 << 30
CRASHED, HUNG, WRONG = "crash", "hang", "give something wrong"


@dataclass(frozen=True)
class Verdict:
    """How the checks took a mutant.

    failed: by seed, the check that it did not pass
    survived: the seeds with which it passed all
    faults: the checks in which it made the grader itself fail, which tells nothing of it
    """

    how: str = WRONG
    failed: tuple[str, ...] = ()
    survived: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def is_killed(self) -> bool:
        """Whether it was noticed with every seed."""
        return not self.survived and not self.faults

    def __str__(self) -> str:
        if self.faults:
            return f"makes the grader fail: {self.faults[0]}"
        if self.failed:
            return f"survives with seed {self.survived[0]}, elsewhere fails {self.failed[0]}"
        return "survives"


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


class _UntilFailure(Judge):
    """Leaves out everything after the first check that does not pass."""

    failure: Outcome | None = None

    def judge(
        self, item: pytest.Item, function: Callable[..., None], arguments: Mapping[str, Any]
    ) -> None:
        if self.failure is None:
            super().judge(item, function, arguments)
            spec = self.specs[item.nodeid]
            outcome = self.outcomes[spec.question, spec.name]
            if outcome.status is not Status.PASSED:
                self.failure = outcome


class _Court:
    """Tries functions on the official checks, in this process."""

    def __init__(self, project: Project, manifest: Manifest) -> None:
        self.manifest = manifest
        self.solutions = load_solutions(project, manifest)
        variants = {a.variant: a.run for a in load_variants(project, manifest)}
        source = LiveSource(self.solutions, manifest, variants)
        self.judge = _UntilFailure(manifest, source)  # tells no diagnosis: only whether it fails
        self.right: dict[int, dict[tuple[str, str], Outcome]] = {}  # the solutions', by seed

    def prepare(self, rerun: Rerun) -> None:
        """Let the solutions pass first; GradingError if they do not."""
        for seed in SEEDS:
            self.judge.begin(LocalRunner(self.solutions), seed)
            self.judge.failure = None
            rerun()
            failure = self.judge.failure
            if failure is not None:
                where = f"{failure.spec.question}: {failure.spec.name}, seed {seed}"
                raise GradingError(f"the solutions fail {where}: {failure.message}")
            self.right[seed] = self.judge.outcomes

    def verdict(self, rerun: Rerun, mutant: Mutant) -> Verdict:
        """What the checks say of a mutant."""
        changed = run_in(self.solutions[mutant.function].__globals__, mutant)
        functions = {**self.solutions, mutant.function: changed}
        questions = affected_by(self.manifest, mutant.function)
        how, failed, survived, faults = WRONG, [], [], []
        for seed in SEEDS:
            failure = self._first_failure(rerun, functions, seed, questions)
            if failure is None:
                survived.append(seed)
                continue
            name = f"{failure.spec.question}: {failure.spec.name}"
            if failure.status is Status.ERROR:
                faults.append(failure.message)
            else:
                failed.append(f"{name}, seed {seed}")
            if failure.status is Status.CRASHED:
                how = CRASHED
        return Verdict(how, tuple(failed), tuple(survived), tuple(faults))

    def _first_failure(
        self,
        rerun: Rerun,
        functions: Mapping[str, Callable[..., Any]],
        seed: int,
        questions: tuple[str, ...],
    ) -> Outcome | None:
        judge = self.judge
        judge.begin(LocalRunner(functions), seed)
        judge.failure = None
        judge.outcomes |= {k: o for k, o in self.right[seed].items() if k[0] not in questions}
        for question in questions:
            rerun({question})
            if judge.failure is not None:
                break
        return judge.failure


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
        court = _Court(project, load_manifest(project.manifest))
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
