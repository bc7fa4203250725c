"""Many machines: submissions go to the workers of a Dask cluster, results come as they are ready.

As with the processes of one machine (`pool.py`), a few tasks are handed out ahead of the workers,
and what was lost with a worker is tried again, alone, so that it is known who ends workers.
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import logging
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from grader.classroom.pool import AHEAD, WorkerLost
from grader.classroom.received import NoResult, read_result
from grader.classroom.worker import Done, Setup, Task
from grader.manifest import Manifest, load_manifest
from grader.project import Project
from grader.running import GradingError

CONNECT_SECONDS = 10.0
FETCH_SECONDS = 60.0
COUNTED_EVERY = 2.0  # seconds: workers come and go
TLS_FILES = ("ca.pem", "cert.pem", "key.pem")
LARGE = 64 << 20  # bytes of a task beyond which Dask would warn; a submission has half of it

Notice = Callable[[str], None]


class ClusterError(Exception):
    """The cluster must not be used as it is; the sentence says why and what to do."""


class ClusterLost(Exception):
    """The cluster has gone away while it was grading."""


class NotAResult(WorkerLost):
    """A worker sent something else than a result; names the student, the worker and what."""


@dataclass(frozen=True)
class Cluster:
    """Where a cluster's scheduler is, and how to reach it.

    tls: a folder with ca.pem, cert.pem and key.pem; None: as Dask's own configuration says
    insecure: submissions may cross the network unencrypted
    remote_root: the project's folder on the workers; "": the same as here
    """

    address: str
    tls: Path | None = None
    insecure: bool = False
    remote_root: str = ""


def grade_on(
    cluster: Cluster,
    setup: Setup,
    tasks: Iterable[Task],
    notice: Notice = lambda text: None,
) -> Generator[Done | WorkerLost]:
    """Grade with a cluster's workers; each is looked at before it gets a submission.

    notice: is told what a person who waits should know
    Raises ClusterError for what has to be changed, ClusterLost where the scheduler is gone.
    """
    project = Project(Path(setup.root))
    with _connected(cluster) as client:
        from grader.classroom.remote import full_digest

        digest = full_digest(setup.root)
        there = replace(setup, root=cluster.remote_root or setup.root)
        run = _Run(client, cluster, there, digest, load_manifest(project.manifest))
        run.look_at_workers(notice)
        waiting = iter(tasks)
        lost: list[Task] = []
        yield from run.graded(waiting, lost)
        for task in lost:
            yield run.graded_alone(task)


class _Run:
    """The tasks of one run that are on their way."""

    def __init__(
        self, client: Any, cluster: Cluster, setup: Setup, digest: str, manifest: Manifest
    ) -> None:
        self._client = client
        self._cluster = cluster
        self._setup = setup
        self._digest = digest
        self._manifest = manifest
        self._workers = 1
        self._counted_at = -COUNTED_EVERY

    def look_at_workers(self, notice: Notice) -> None:
        """Wait for a worker, and raise ClusterError if one of those there must not grade."""
        from grader.classroom.remote import DONE, look_at_worker

        while not self._client.nthreads():
            notice(f"No worker has joined {self._cluster.address} yet; waiting for one.")
            self._client.wait_for_workers(1)
        if not self._cluster.insecure:
            for address in self._client.nthreads():
                _require_private(address, f"worker {address}")
        answers = self._client.run(look_at_worker, self._setup, self._digest, on_error="return")
        for worker, answer in answers.items():
            if isinstance(answer, Exception):
                raise ClusterError(
                    f"The worker {worker} cannot run the grader ({answer}): start it in the "
                    "environment that `make setup` makes, with the project in PYTHONPATH."
                )
            kind, why = answer
            if kind != DONE:
                raise ClusterError(f"The worker {worker} {why}.")

    def graded(self, waiting: Iterator[Task], lost: list[Task]) -> Iterator[Done | WorkerLost]:
        """What comes back, in any order; tasks that went down with a worker go to `lost`."""
        from distributed import as_completed

        running: dict[Any, Task] = {}
        finished = as_completed(loop=self._client.loop)
        try:
            while True:
                for task in itertools.islice(waiting, max(self._ahead() - len(running), 0)):
                    future = self._submit(task)
                    running[future] = task
                    finished.add(future)
                if not running:
                    return
                future = next(finished)
                task = running.pop(future)
                result = self._result(future, task)
                if result is None:
                    lost.append(task)
                else:
                    yield result
        finally:
            if running:  # stopped, by Ctrl-C or an error
                with contextlib.suppress(Exception):
                    self._client.cancel(list(running), force=True)

    def graded_alone(self, task: Task) -> Done | WorkerLost:
        """Grade what was lost with a worker while nothing else is running.

        The scheduler tries it on several workers (its `allowed-failures`) before it says so.
        """
        lost: list[Task] = []
        for result in self.graded(iter([task]), lost):
            return result
        return WorkerLost(task.student)

    def _ahead(self) -> int:
        now = time.monotonic()
        if now - self._counted_at > COUNTED_EVERY:
            self._counted_at = now
            try:
                self._workers = max(len(self._client.nthreads()), 1)
            except OSError as error:
                raise ClusterLost(_gone(self._cluster)) from error
        return AHEAD * self._workers

    def _submit(self, task: Task) -> Any:
        from grader.classroom.remote import grade_remotely

        return self._client.submit(
            grade_remotely, self._setup, self._digest, task, pure=False, retries=0
        )

    def _result(self, future: Any, task: Task) -> Done | WorkerLost | None:
        """What came back; None if a worker was lost with it."""
        from distributed import CancelledError, KilledWorker

        from grader.classroom.remote import FAILED, UNFIT

        try:
            answer = future.result(timeout=FETCH_SECONDS)
        except KilledWorker:
            return None
        except TypeError as error:  # it was not plain data
            return NotAResult(f"{task.student} ({_short(error)})")
        except CancelledError:  # Dask cancels everything when the scheduler is lost
            raise ClusterLost(_gone(self._cluster)) from None
        kind, text, worker = _as_answer(answer)
        if kind == UNFIT:
            raise ClusterError(f"The worker {worker} {text}.")
        if kind == FAILED:
            raise GradingError(f"on the worker {worker}, {text}")
        try:
            return Done(task.student, task.submission, read_result(text, self._manifest))
        except NoResult as error:
            return NotAResult(f"{task.student} (what the worker {worker} sent: {error})")


def _gone(cluster: Cluster) -> str:
    return (
        f"the scheduler {cluster.address} does not answer any more. What was graded is in the "
        "gradebook; with a cluster that runs, the same command goes on."
    )


def _as_answer(answer: object) -> tuple[str, str, str]:
    if isinstance(answer, tuple) and len(answer) == 3 and all(type(a) is str for a in answer):
        return answer
    return "done", "", "of unknown name"


# Reaching it.


@contextlib.contextmanager
def _connected(cluster: Cluster) -> Iterator[Any]:
    require_usable(cluster)
    try:
        import dask.config
        from distributed import Client
        from distributed.comm.core import CommClosedError
    except ModuleNotFoundError as error:
        raise ClusterError(
            f"--cluster needs the package {error.name}: pip install 'descent[cluster]'."
        ) from None
    settings = {"distributed.admin.large-graph-warning-threshold": LARGE}
    with dask.config.set(settings), _quiet():
        try:
            client = Client(
                cluster.address,
                security=_security(cluster),
                timeout=CONNECT_SECONDS,
                set_as_default=False,
                deserializers=["msgpack"],  # plain data: nothing that comes back is unpickled
            )
        except (OSError, ValueError, ImportError, RuntimeError) as error:
            raise ClusterError(
                f"There is no Dask scheduler to be reached at {cluster.address}: "
                f"{_short(error)}. Is it running, and are address and certificates right?"
            ) from error
        try:
            yield client
        except (CommClosedError, TimeoutError) as error:
            raise ClusterLost(_gone(cluster)) from error
        except RuntimeError as error:
            if client.status in ("running", "newly-created"):
                raise
            raise ClusterLost(_gone(cluster)) from error
        finally:
            with contextlib.suppress(Exception):
                client.close(timeout=5)


def require_usable(cluster: Cluster) -> None:
    """Raise ClusterError unless submissions can travel to that address unread by others."""
    if cluster.tls is not None:
        for name in TLS_FILES:
            if not (cluster.tls / name).is_file():
                raise ClusterError(
                    f"{cluster.tls / name} is not there: --tls is a folder with "
                    f"{', '.join(TLS_FILES)}."
                )
    scheme = urlsplit(cluster.address).scheme if "://" in cluster.address else "tcp"
    if scheme not in ("tcp", "tls"):
        raise ClusterError(
            f"{cluster.address} is no address that can be used: give tls://host:port."
        )
    if not cluster.insecure:
        _require_private(cluster.address, cluster.address)


def _require_private(address: str, what: str) -> None:
    if address.startswith("tls://") or _is_loopback(address):
        return
    raise ClusterError(
        f"{what} is reached without encryption, and submissions are students' data: give "
        "tls://host:port with --tls DIR (docs/cluster.md says how), or accept it with "
        "--insecure-cluster."
    )


def _is_loopback(address: str) -> bool:
    host = urlsplit(address if "://" in address else f"tcp://{address}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _security(cluster: Cluster) -> Any:
    from distributed import Security

    if not cluster.address.startswith("tls://"):
        return None
    if cluster.tls is None:
        return Security(require_encryption=True)  # files as Dask's configuration names them
    ca, cert, key = (str(cluster.tls / name) for name in TLS_FILES)
    return Security(
        tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True
    )


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs every loss of a connection with its trace; here each becomes one sentence."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
