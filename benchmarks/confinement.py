"""What confinement costs: the same official grading with and without it, in turn, in one run.

python -m benchmarks.confinement [--rounds 40]
"""

from __future__ import annotations

import statistics
import time

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
from grader.grading import grade_one, make_judge
from grader.hosting import open_host
from grader.manifest import load_manifest
from grader.project import Project
from grader.running import run_checks
from grader.student.inside.confinement import LAYERS
from grader.submission import read_submission

WARM_UP = 3


def main() -> None:
    """Grade the solutions again and again, confined and not in turn; print and keep the times."""
    rounds = parser_of(__doc__, rounds=(40, "of each")).parse_args().rounds
    project = Project(ROOT)
    submission = read_submission(project.solutions)
    judge = make_judge(project, load_manifest(project.manifest), official=True)
    hosts = {
        "confined": open_host(project),
        "unconfined": open_host(project, without=frozenset(LAYERS)),
    }
    milliseconds: dict[str, list[float]] = {}

    def body(rerun) -> None:
        def grading(host):
            def measure() -> float:
                started = time.perf_counter()
                graded = grade_one(judge, rerun, host, project, submission, seed=231)
                spent = (time.perf_counter() - started) * 1000
                if graded.result.score != graded.result.max_score:
                    raise MeasuringError(f"the solutions earn {graded.result.score}")
                return spent

            return measure

        sides = {name: grading(host) for name, host in hosts.items()}
        milliseconds.update(in_turn(sides, rounds, WARM_UP))

    try:
        run_checks(project, judge, body)
        layers = {name: list(host.layers) for name, host in hosts.items()}
    finally:
        for host in hosts.values():
            host.close()
    pairs = zip(milliseconds["confined"], milliseconds["unconfined"], strict=True)
    costs = statistics.median(confined - unconfined for confined, unconfined in pairs)
    finish(
        Measurement(
            "confinement",
            "One official grading of the solutions, all checks, warm",
            "ms",
            milliseconds,
            [Ratio("confined", "unconfined")],
            {"layers": layers, "median difference in ms": round(costs, 2)},
        )
    )


if __name__ == "__main__":
    carry_out(main)
