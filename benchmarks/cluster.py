"""What a Dask cluster costs: a class on LocalCluster(2) and on 2 processes, in turn, in one run.

python -m benchmarks.cluster [--submissions 60] [--rounds 5]

The first few results of each round are not counted: by then the workers have collected the checks.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import distributed

from benchmarks.measuring import (
    ROOT,
    Measurement,
    MeasuringError,
    Ratio,
    carry_out,
    finish,
    in_turn,
    parser_of,
)
from grader.classroom.cluster import Cluster, grade_on
from grader.classroom.pool import WorkerLost, grade_here
from grader.classroom.worker import Done, Setup, Task
from grader.project import Project
from grader.submission import read_submission

WORKERS = 2
WARM = 2 * WORKERS  # results before the clock starts


def main() -> None:
    """Grade copies of the solutions, on both in turn; print and keep the rates."""
    sizes = parser_of(
        __doc__, submissions=(60, "a round, after the first few"), rounds=(5, "of each")
    ).parse_args()
    setup = Setup(str(ROOT), seed=231)
    files = read_submission(Project(ROOT).solutions).files

    def tasks() -> Iterator[Task]:
        """Submissions of the same work, each of them graded for itself."""
        for number in range(sizes.submissions + WARM):
            yield Task(f"student{number}", f"sha256:{number}", files)

    with distributed.LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as local:
        cluster = Cluster(local.scheduler_address)
        rates = in_turn(
            {
                "local pool": lambda: rate(grade_here(setup, tasks(), WORKERS)),
                "Dask LocalCluster": lambda: rate(grade_on(cluster, setup, tasks())),
            },
            sizes.rounds,
        )
    finish(
        Measurement(
            "cluster",
            "A class on a Dask cluster and on the local pool, 2 workers each, warm",
            "submissions/s",
            rates,
            [Ratio("Dask LocalCluster", "local pool", at_least=0.8)],
            {
                "submissions": sizes.submissions,
                "workers": WORKERS,
                "distributed": distributed.__version__,
            },
        )
    )


def rate(results: Iterable[Done | WorkerLost]) -> float:
    """Results a second, the first few left out."""
    found = 0
    started = last = 0.0
    for result in results:
        if not isinstance(result, Done) or result.result["score"] != result.result["max_score"]:
            raise MeasuringError(f"the solutions do not get full marks: {result}")
        found += 1
        if found == WARM:
            started = time.perf_counter()
        last = time.perf_counter()
    return (found - WARM) / (last - started)


if __name__ == "__main__":
    carry_out(main)
