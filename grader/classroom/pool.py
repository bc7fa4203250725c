"""Many workers: processes of this machine; results come as they are ready.

Only a few tasks are handed out ahead, so that a class of ten thousand needs no more memory than one
of ten. A worker that dies is replaced, and what it was grading is tried again; a submission that
kills it every time is given up, by name.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from grader.classroom.stopping import held_back
from grader.classroom.worker import Done, Setup, Task, grade_task

AHEAD = 4  # tasks handed out per worker
TRIES = 3


class WorkerLost(Exception):
    """A submission has ended the worker that graded it, again and again; it names the student."""


def default_workers() -> int:
    """As many as this process may use processors."""
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return os.cpu_count() or 1


def grade_here(setup: Setup, tasks: Iterable[Task], workers: int) -> Generator[Done | WorkerLost]:
    """Grade with worker processes of this machine."""
    waiting = iter(tasks)
    while True:
        running: dict[Future[Done], Task] = {}
        try:
            with _pool(workers) as pool:
                yield from _graded(pool, setup, waiting, running, AHEAD * workers)
                return
        except BrokenProcessPool:
            suspects = list(running.values())
        for task in suspects:  # one at a time, so that it is known who ends a worker
            yield _graded_alone(setup, task)


def _graded(
    pool: ProcessPoolExecutor,
    setup: Setup,
    waiting: Iterator[Task],
    running: dict[Future[Done], Task],
    ahead: int,
) -> Iterator[Done]:
    while True:
        for task in itertools.islice(waiting, ahead - len(running)):
            with held_back():  # a worker may start now, and ignores Ctrl-C only later
                running[pool.submit(grade_task, setup, task)] = task
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            done = future.result()
            del running[future]
            yield done


def _graded_alone(setup: Setup, task: Task) -> Done | WorkerLost:
    for _ in range(TRIES):
        with contextlib.suppress(BrokenProcessPool), _pool(1) as pool:
            with held_back():
                future = pool.submit(grade_task, setup, task)
            return future.result()
    return WorkerLost(task.student)


@contextlib.contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("spawn")  # a fork would have the grader's threads halfway
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, context, initializer=_become_worker)
    try:
        yield pool
    except (KeyboardInterrupt, GeneratorExit):
        # Nobody waits for what they are at, which may take minutes: the next run grades it.
        for worker in set(multiprocessing.active_children()) - others:
            worker.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _become_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who started this
    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        parent.join()
        os._exit(1)  # it was killed: nobody waits for results any more

    threading.Thread(target=watch, daemon=True).start()
