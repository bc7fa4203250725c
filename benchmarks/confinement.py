"""What confinement costs: the same official grading with and without it, in turn, in one run.

python benchmarks/confinement.py [--gradings 40]
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader.grading import grade_one, make_judge, open_host  # noqa: E402
from grader.manifest import load_manifest  # noqa: E402
from grader.project import Project  # noqa: E402
from grader.running import run_checks  # noqa: E402
from grader.student.inside.confinement import LAYERS  # noqa: E402
from grader.submission import read_submission  # noqa: E402


def main() -> None:
    """Grade the solutions again and again, confined and not in turn; print and keep the times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--gradings", type=int, default=40, help="of each kind (default 40)")
    count = parser.parse_args().gradings
    project = Project(ROOT)
    submission = read_submission(project.solutions)
    judge = make_judge(project, load_manifest(project.manifest), official=True)
    hosts = {
        "confined": open_host(project),
        "unconfined": open_host(project, without=frozenset(LAYERS)),
    }
    milliseconds: dict[str, list[float]] = {name: [] for name in hosts}

    def body(rerun) -> None:
        for round_ in range(-3, count):  # the first few warm up
            for name, host in hosts.items():
                started = time.perf_counter()
                graded = grade_one(judge, rerun, host, project, submission, seed=231)
                spent = (time.perf_counter() - started) * 1000
                assert graded.result.score == graded.result.max_score
                if round_ >= 0:
                    milliseconds[name].append(spent)

    try:
        run_checks(project, judge, body)
        layers = {name: list(host.layers) for name, host in hosts.items()}
    finally:
        for host in hosts.values():
            host.close()
    confined, unconfined = milliseconds.values()
    differences = [a - b for a, b in zip(confined, unconfined, strict=True)]
    result = {
        "what": "one official grading of the solutions, all checks, in milliseconds",
        "gradings": count,
        "layers": layers,
        "confined": summary(confined),
        "unconfined": summary(unconfined),
        "difference": summary(differences),
        "ratio": round(statistics.median(confined) / statistics.median(unconfined), 3),
        "machine": {"python": platform.python_version(), "system": platform.platform()},
    }
    print(f"{'ms':12}{'median':>10}{'quartiles':>20}")
    for name in ("confined", "unconfined", "difference"):
        row = result[name]
        low, high = row["quartiles"]
        print(f"{name:12}{row['median']:10.1f}{low:12.1f} ..{high:6.1f}")
    target = ROOT / "benchmarks" / "results" / "confinement.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def summary(values: list[float]) -> dict[str, object]:
    """Median and quartiles."""
    low, middle, high = statistics.quantiles(values, n=4)
    return {"median": round(middle, 2), "quartiles": [round(low, 2), round(high, 2)]}


if __name__ == "__main__":
    main()
