"""What a Dask cluster costs: a class on LocalCluster(2) and on 2 processes, in turn, in one run.

python benchmarks/cluster.py [--submissions 60] [--rounds 5]
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import distributed  # noqa: E402

from grader.classroom.cluster import Cluster, grade_on  # noqa: E402
from grader.classroom.pool import WorkerLost, grade_here  # noqa: E402
from grader.classroom.worker import Done, Setup, Task  # noqa: E402
from grader.project import Project  # noqa: E402
from grader.submission import read_submission  # noqa: E402

WORKERS = 2
BAR = 0.8
WARM = 2 * WORKERS  # results before the clock starts: workers have collected their checks by then


def main() -> None:
    """Grade copies of the solutions, on both in turn; print and keep the rates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--submissions", type=int, default=60, help="a round (default 60)")
    parser.add_argument("--rounds", type=int, default=5, help="of each kind (default 5)")
    options = parser.parse_args()
    setup = Setup(str(ROOT), seed=231)
    files = read_submission(Project(ROOT).solutions).files
    rates: dict[str, list[float]] = {"pool": [], "cluster": []}
    with distributed.LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as local:
        cluster = Cluster(local.scheduler_address)
        for _ in range(options.rounds):
            count = options.submissions
            rates["pool"].append(rate(grade_here(setup, tasks(files, count), WORKERS)))
            rates["cluster"].append(rate(grade_on(cluster, setup, tasks(files, count))))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    result = {
        "what": "submissions a second, official, all checks, once the workers are warm",
        "workers": WORKERS,
        "submissions": options.submissions,
        "rates": {name: [round(value, 2) for value in values] for name, values in rates.items()},
        "medians": {name: round(value, 2) for name, value in medians.items()},
        "ratio": round(medians["cluster"] / medians["pool"], 3),
        "bar": BAR,
        "machine": {
            "python": platform.python_version(),
            "distributed": distributed.__version__,
            "system": platform.platform(),
        },
    }
    for name, value in medians.items():
        print(f"{name:8} {value:8.2f} submissions/s")
    print(f"ratio    {result['ratio']:8.2f} (at least {BAR})")
    target = ROOT / "benchmarks" / "results" / "cluster.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def tasks(files: dict[str, bytes], count: int) -> Iterator[Task]:
    """Submissions of the same work, each of them graded for itself."""
    return (Task(f"student{number}", f"sha256:{number}", files) for number in range(count + WARM))


def rate(results: Iterable[Done | WorkerLost]) -> float:
    """Results a second, the first few left out."""
    found = 0
    started = 0.0
    for result in results:
        assert isinstance(result, Done)
        assert result.result["score"] == result.result["max_score"]
        found += 1
        if found == WARM:
            started = time.perf_counter()
        last = time.perf_counter()
    return (found - WARM) / (last - started)


if __name__ == "__main__":
    main()
