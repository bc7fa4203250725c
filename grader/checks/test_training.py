"""Checks of everything together: the given net and Solver with the student's functions."""

from __future__ import annotations

from grader.checks.dropout_layer import Layer
from grader.checks.nets import accuracy, draw_problem, remote_layer, train
from grader.compare import TRAJECTORY, assert_close, fail
from grader.plugin import check

STEPS = 6


def assert_same_losses(losses, expected):
    """The losses follow the reference's, step by step; the first that does not is told."""
    for step, (loss, right) in enumerate(zip(losses, expected, strict=True), start=1):
        assert_close(loss, right, what="the loss", where=f"step {step}", tolerance=TRAJECTORY)


def assert_learnt(problem, net):
    """Every image is classified correctly."""
    share = accuracy(problem, net)
    if share < 1.0:
        fail(f"After training, {share:.0%} of the 50 training images are right; 100% are meant.")


def sgd(w, dw, config):
    """The given rule, so that what is judged is the layers alone."""
    return w - config["learning_rate"] * dw, config


@check("training", weight=3, needs=("sgd_momentum",))
def test_momentum_trains_a_net(student, reference, rng):
    """With your sgd_momentum, a two-layer net's losses follow the reference."""
    problem, config = draw_problem(rng, (20,)), {"learning_rate": 0.05}
    expected = reference.computed(
        lambda functions: train(problem, problem.net(), functions.sgd_momentum, config, STEPS)
    )
    losses = train(problem, problem.net(), student.sgd_momentum, config, STEPS)
    assert_same_losses(losses, expected)


@check("training", weight=3, needs=("rmsprop",))
def test_rmsprop_trains_a_net(student, reference, rng):
    """With your rmsprop, a two-layer net's losses follow the reference."""
    problem, config = draw_problem(rng, (20,)), {"learning_rate": 1e-3}
    expected = reference.computed(
        lambda functions: train(problem, problem.net(), functions.rmsprop, config, STEPS)
    )
    losses = train(problem, problem.net(), student.rmsprop, config, STEPS)
    assert_same_losses(losses, expected)


@check("training", weight=4, needs=("adam",))
def test_adam_learns_fifty_images(student, reference, rng):
    """With your adam, a net's losses follow the reference, and it learns 50 images to 100%."""
    problem, config, steps = draw_problem(rng, (50,), scale=0.3), {"learning_rate": 1e-2}, 10
    expected = reference.computed(
        lambda functions: train(problem, problem.net(), functions.adam, config, steps)[:STEPS]
    )
    net = problem.net()
    losses = train(problem, net, student.adam, config, steps)
    assert_same_losses(losses[:STEPS], expected)
    assert_learnt(problem, net)


@check("training", weight=10, needs=("batchnorm_forward", "batchnorm_backward"))
def test_batchnorm_trains_a_net(student, reference, rng):
    """With your batch normalization, a three-layer net's losses follow the reference."""
    problem, config = draw_problem(rng, (20, 20), scale=0.1), {"learning_rate": 0.3}
    expected = reference.computed(
        lambda functions: train(
            problem,
            problem.net(normalization=(functions.batchnorm_forward, functions.batchnorm_backward)),
            sgd,
            config,
            STEPS,
        )
    )
    layer = remote_layer(student.batchnorm_forward, student.batchnorm_backward)
    losses = train(problem, problem.net(normalization=layer), sgd, config, STEPS)
    assert_same_losses(losses, expected)


@check(
    "training",
    weight=10,
    needs=(
        "adam",
        "batchnorm_forward",
        "batchnorm_backward",
        "dropout_forward",
        "dropout_backward",
    ),
)
def test_everything_learns_fifty_images(student, conventions, verdicts, rng):
    """With adam, batch normalization and dropout together, a net learns 50 images to 100%."""
    problem = draw_problem(rng, (40,), scale=0.1)
    layer = Layer(student, conventions, verdicts)

    def dropout_forward(x, param):
        return student.dropout_forward(x, {**param, **layer.param(param["p"], param["mode"])})

    net = problem.net(
        normalization=remote_layer(student.batchnorm_forward, student.batchnorm_backward),
        dropout=remote_layer(dropout_forward, student.dropout_backward),
        dropout_keep_ratio=0.8,
    )
    train(problem, net, student.adam, {"learning_rate": 3e-2}, steps=12)
    assert_learnt(problem, net)
