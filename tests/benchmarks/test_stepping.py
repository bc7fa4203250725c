"""Training loops in processes of their own: they answer, and end or fail visibly."""

import sys

import numpy as np
import pytest

from benchmarks.solver_problem import Net, write_problem
from benchmarks.stepping import Worker, WorkerEnded

NET = Net(2, False, False)


def test_a_worker_answers_and_ends_with_its_input(tmp_path):
    path = tmp_path / "problem.npz"
    write_problem(path, NET)
    arguments = [str(path), str(NET), "descent"]
    with Worker(sys.executable, "benchmarks.solver_numpy", arguments, {}) as worker:
        assert worker.about["numpy"] == np.__version__
        assert worker.milliseconds(2, "wall") > 0
        before = len(worker.losses(0))
        assert len(worker.losses(4)) == before + 4


def test_a_worker_that_fails_is_told():
    with pytest.raises(WorkerEnded, match="exit code 1"):
        Worker(sys.executable, "benchmarks.solver_numpy", ["missing.npz", "2:plain", "descent"], {})
