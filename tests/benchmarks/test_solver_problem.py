"""The benchmark's sides train one net on the same batches, and each is what it stands for."""

import sys

import numpy as np
import pytest

from assignment.gradient_check import numeric_gradient
from benchmarks import cs231n, solver_numpy
from benchmarks.solver_problem import BATCH, CLASSES, IMAGES, SEED, Net, write_problem

NETS = [Net(2, False, False), Net(3, True, False), Net(5, True, True)]


@pytest.mark.parametrize("net", NETS, ids=str)
def test_a_net_is_read_back_from_its_text(net):
    assert Net.parse(str(net)) == net


@pytest.fixture
def given(tmp_path):
    write_problem(tmp_path / "problem.npz", NETS[0])
    with np.load(tmp_path / "problem.npz") as problem:
        return {name: problem[name] for name in problem.files}


def test_the_order_of_the_problem_is_the_solvers(given, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    step, losses = solver_numpy.descent(NETS[0], given)
    solver = step.__self__
    seen = []
    monkeypatch.setattr(solver.model, "loss", lambda X, y: seen.append((X, y)) or (1.0, {}))
    monkeypatch.setattr(solver, "apply_updates", lambda grads: None)
    steps = IMAGES // BATCH + 3  # into the second epoch
    for _ in range(steps):
        step()
    assert len(losses) == steps
    rows = given["order"].reshape(-1, BATCH)[:steps]
    for (X, y), batch in zip(seen, rows, strict=True):
        np.testing.assert_array_equal(X, given["images"][batch])
        np.testing.assert_array_equal(y, given["labels"][batch])


def test_the_sides_have_one_loss_to_begin_with(given):
    batch = np.random.default_rng(SEED).permutation(IMAGES)[:BATCH]
    weights = {name: w for name, w in given.items() if name.startswith("W")}
    peer = cs231n.FullyConnectedNet(weights, batchnorm=False, keep=None)
    theirs, _ = peer.loss(given["images"][batch].astype(np.float64), given["labels"][batch])
    step, losses = solver_numpy.descent(NETS[0], given)
    step()
    assert losses == [pytest.approx(theirs, rel=1e-4)]


@pytest.mark.parametrize("batchnorm", [False, True])
def test_the_gradients_of_the_cs231n_style_net_are_right(batchnorm):
    rng = np.random.default_rng(0)
    weights = {"W1": rng.standard_normal((6, 5)), "W2": rng.standard_normal((5, CLASSES))}
    net = cs231n.FullyConnectedNet(weights, batchnorm=batchnorm, keep=None)
    net.dtype = np.float64
    net.params = {name: w.astype(np.float64) for name, w in net.params.items()}
    X, y = rng.standard_normal((7, 6)), rng.integers(CLASSES, size=7)
    _, grads = net.loss(X, y)
    for name, w in net.params.items():
        numeric = numeric_gradient(lambda _: net.loss(X, y)[0], w)
        np.testing.assert_allclose(grads[name], numeric, rtol=1e-5, atol=1e-7, err_msg=name)


def test_the_cs231n_style_net_widens_with_dropout_alone(given):
    for dropout, expected in ((False, np.float32), (True, np.float64)):
        step, losses = solver_numpy.cs231n_style(Net(2, True, dropout), given)
        step()
        params = step.__self__.model.params.values()
        assert {w.dtype for w in params} == {np.dtype(expected)}
        assert len(losses) == 1
