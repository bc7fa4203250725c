"""What one step of training computes, counted rather than timed.

The given net and Solver with the reference solutions: every array is float32, no product is worked
out that nobody reads, the weights are gone over a known number of times, and memory stays small.
"""

import inspect
import tracemalloc
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from assignment import fc_net, schedules
from assignment.fc_net import FullyConnectedNet
from assignment.layers import softmax_loss, svm_loss
from assignment.solver import Solver
from grader.reference import load_module

SOLUTIONS = Path(__file__).parents[2] / "solutions"
optim, normalization, dropout = (
    load_module(SOLUTIONS / f"{name}.py") for name in ("optim", "normalization", "dropout")
)
RULES = dict(inspect.getmembers(optim, inspect.isfunction))
NORMALIZATIONS = {
    "none": None,
    "batch": (normalization.batchnorm_forward, normalization.batchnorm_backward),
    "batch_alt": (normalization.batchnorm_forward, normalization.batchnorm_backward_alt),
    "layer": (normalization.layernorm_forward, normalization.layernorm_backward),
}
PIXELS, HIDDEN, CLASSES, BATCH, IMAGES = 48, [10, 10, 10], 4, 9, 36


class Watched(np.ndarray):
    """An array that notes every array that is worked out from it, and makes that watched too."""

    notes: list[tuple[str, np.ndarray]]

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        plain = [x.view(np.ndarray) if isinstance(x, Watched) else x for x in inputs]
        if out:
            options["out"] = tuple(x.view(np.ndarray) for x in out)
        result = getattr(ufunc, method)(*plain, **options)
        if isinstance(result, np.ndarray):
            Watched.notes.append((ufunc.__name__, result))
            return out[0] if out else result.view(Watched)
        return result


def watched(function):
    """The function, called with watched arrays; what it returns is noted as well."""

    def noted(value):
        if isinstance(value, np.ndarray):
            Watched.notes.append((function.__name__, value))
        elif isinstance(value, tuple | list):
            for part in value:
                noted(part)
        elif isinstance(value, dict):
            noted(list(value.values()))

    def call(*arguments):
        result = function(*(x.view(Watched) if isinstance(x, np.ndarray) else x for x in arguments))
        noted([result, arguments])
        return result

    return call


@pytest.fixture
def notes(monkeypatch):
    """What is noted, by the name of a ufunc or a function; the given layers are watched already."""
    for name, function in inspect.getmembers(fc_net, inspect.isfunction):
        if function.__module__ == "assignment.layers" and function is not softmax_loss:
            monkeypatch.setattr(fc_net, name, watched(function))
    Watched.notes = []
    return Watched.notes


def make_solver(watch=watched, *, norm="batch", rule="adam", loss=softmax_loss, sizes=None, **more):
    sizes = sizes or SimpleNamespace(pixels=PIXELS, hidden=HIDDEN, batch=BATCH, images=IMAGES)
    rng = np.random.default_rng(3)
    layers = {"dropout": tuple(map(watch, (dropout.dropout_forward, dropout.dropout_backward)))}
    if NORMALIZATIONS[norm]:
        layers["normalization"] = tuple(map(watch, NORMALIZATIONS[norm]))
    net = FullyConnectedNet(
        sizes.hidden, sizes.pixels, CLASSES, rng=0, loss=watch(loss), dropout_keep_ratio=0.75,
        weight_scale=0.1, **layers,
    )  # fmt: skip
    data = {
        "X_train": rng.standard_normal((sizes.images, sizes.pixels), dtype=np.float32),
        "y_train": rng.integers(CLASSES, size=sizes.images),
    }
    data |= {"X_val": data["X_train"][: sizes.batch], "y_val": data["y_train"][: sizes.batch]}
    more = {"batch_size": sizes.batch, "verbose": False, "rng": 0} | more
    return Solver(net, data, update_rule=watch(RULES[rule]), **more)


def unwatched(function):
    return function


def assert_all_float32(notes):
    # Counts, labels and masks apart; and the one number that a loss is has double precision.
    floats = [(name, a.dtype) for name, a in notes if a.dtype.kind == "f" and a.ndim]
    assert len(floats) > 100
    assert {dtype for _, dtype in floats} == {np.dtype(np.float32)}, Counter(floats)


@pytest.mark.parametrize("rule", RULES)
def test_every_array_of_every_update_rule_is_float32(rule, notes):
    config = {"learning_rate": np.float64(1e-3)}
    solver = make_solver(rule=rule, optim_config=config, lr_schedule=schedules.cosine(3))
    for _ in range(6):  # past an epoch's end
        solver.step()
    solver.check_accuracy(solver.X_val, solver.y_val)
    assert {"multiply", "matmul", rule} <= {name for name, _ in notes}
    assert_all_float32(notes)


@pytest.mark.parametrize("loss", [softmax_loss, svm_loss])
@pytest.mark.parametrize("norm", NORMALIZATIONS)
def test_every_array_of_every_layer_is_float32(norm, loss, notes):
    solver = make_solver(norm=norm, loss=loss)
    solver.model.reg = 0.1
    for _ in range(3):
        solver.step()
    solver.check_accuracy(solver.X_val, solver.y_val)
    assert_all_float32(notes)


def test_a_step_works_out_no_product_that_nobody_reads(notes):
    make_solver().step()
    products = Counter(a.shape for name, a in notes if name == "matmul")
    widths = [*HIDDEN, CLASSES]
    expected = Counter((BATCH, width) for width in widths)  # x w
    expected += Counter(zip([PIXELS, *HIDDEN], widths, strict=True))  # x^T dout
    expected += Counter((BATCH, width) for width in HIDDEN)  # dout w^T, not as far as the images
    assert products == expected


# How many times a formula, written as in its docstring, makes an array as large as w.
PASSES = {
    "sgd": 2, "sgd_momentum": 4, "nesterov_momentum": 7, "adagrad": 7, "rmsprop": 9, "adam": 14,
    "amsgrad": 15, "adadelta": 16,
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_an_update_goes_over_the_weights_no_more_often_than_its_formula(rule, notes):
    solver = make_solver(rule=rule)
    weights = solver.model.params["W1"].shape
    for _ in range(3):
        notes.clear()
        solver.step()
        over = Counter(name for name, a in notes if a.shape == weights and name in vars(np))
    assert over.pop("matmul") == 1  # the gradient itself
    assert over.total() <= PASSES[rule], over


@pytest.fixture
def traced():
    """Memory that numpy and Python take, from here on."""
    tracemalloc.start()
    yield tracemalloc
    tracemalloc.stop()


WIDE = SimpleNamespace(pixels=768, hidden=[100, 100], batch=50, images=4000)


def test_a_step_takes_little_memory_and_keeps_none(traced):
    solver = make_solver(unwatched, sizes=WIDE)
    for _ in range(3):
        solver.step()
    before = traced.get_traced_memory()[0]
    traced.reset_peak()
    for _ in range(5):
        solver.step()
    after, peak = traced.get_traced_memory()
    weights = solver.model.params["W1"].nbytes
    # Its gradient, the next m, v and w, both corrected, and what the last line works out on the
    # way; where numpy cannot reuse a temporary array, one more.
    assert peak - before < 10 * weights
    assert after - before < 0.1 * weights


def test_a_batch_is_copied_once(traced, notes):
    solver = make_solver(unwatched, sizes=WIDE)
    solver.step()
    entered = []
    loss = solver.model.loss

    def spy(X, y):
        entered.append((X, traced.get_traced_memory()[1] - before))
        return loss(X, y)

    solver.model.loss = spy
    notes.clear()
    before = traced.get_traced_memory()[0]
    traced.reset_peak()
    solver.step()
    [(X, taken)] = entered
    assert X.nbytes < taken < 1.2 * X.nbytes
    rows = next(a for name, a in notes if name == "affine_forward" and a.shape == X.shape)
    assert np.shares_memory(rows, X)


def test_the_training_images_are_never_copied(traced):
    solver = make_solver(unwatched, sizes=WIDE, num_epochs=2, num_train_samples=None)
    images = solver.X_train
    before = traced.get_traced_memory()[0]
    traced.reset_peak()
    twin = Solver(
        solver.model,
        {"X_train": images, "y_train": solver.y_train, "X_val": images, "y_val": solver.y_train},
        update_rule=solver.update_rule, batch_size=WIDE.batch, num_epochs=1, verbose=False, rng=0,
    )  # fmt: skip
    twin.train()
    assert np.shares_memory(twin.X_train, images)
    assert traced.get_traced_memory()[1] - before < images.nbytes


def test_accuracies_are_measured_in_large_batches(monkeypatch):
    solver = make_solver(unwatched, sizes=WIDE)
    batches = []
    loss = solver.model.loss
    monkeypatch.setattr(solver.model, "loss", lambda X: batches.append(X) or loss(X))
    solver.check_accuracy(solver.X_train, solver.y_train)
    assert [len(X) for X in batches] == [1000] * 4
    assert all(X.base is not None for X in batches)  # views: nothing is copied to measure
