"""Checks of batch normalization."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks.large import assert_takes_large, enlarged
from grader.checks.layers import (
    GRADIENTS,
    Pair,
    assert_own_gradients,
    assert_repeatable,
    assert_same_again,
    assert_same_backward,
    draw_batch,
)
from grader.checks.unmodified import assert_unmodified
from grader.compare import LARGE_OFFSET, SAME_FORMULA, SINGLE_PRECISION, assert_close, require_array
from grader.plugin import check


def assert_same_forward(
    student, reference, x, gamma, beta, *, where="", tolerance=SAME_FORMULA, **param
):
    """out is the reference's; returns the student's bn_param and the reference's."""
    ours, theirs = {"mode": "train", **param}, {"mode": "train", **param}
    out, _ = student.batchnorm_forward(x, gamma, beta, ours)
    expected, _ = reference.batchnorm_forward(x, gamma, beta, theirs)
    assert_close(out, expected, what="out", where=where, tolerance=tolerance)
    return ours, theirs


@check("batchnorm_forward", weight=4)
def test_normalizes_over_the_batch(student, reference, rng):
    """In training, every feature is normalized over the batch, then scaled and shifted."""
    x, gamma, beta = draw_batch(rng)
    assert_same_forward(student, reference, x, gamma, beta)


@check("batchnorm_forward", weight=3)
def test_uses_running_statistics(student, reference, rng):
    """In test mode the running statistics are used, with gamma and beta."""
    x, gamma, beta = draw_batch(rng)
    mean, var = rng.uniform(-2, 2, x.shape[1]), rng.uniform(0.5, 3, x.shape[1])
    statistics = {"running_mean": mean, "running_var": var}
    assert_same_forward(student, reference, x, gamma, beta, mode="test", **statistics)


@check("batchnorm_forward", weight=3)
def test_keeps_running_averages(student, reference, rng):
    """Over three batches the running mean and variance follow the reference."""
    _, gamma, beta = draw_batch(rng, columns=4)
    ours, theirs = {"mode": "train", "momentum": 0.4}, {"mode": "train", "momentum": 0.4}
    for batch in range(1, 4):
        x, _, _ = draw_batch(rng, columns=4)
        student.batchnorm_forward(x, gamma, beta, ours)
        reference.batchnorm_forward(x, gamma, beta, theirs)
        for name in ("running_mean", "running_var"):
            what, where = f'bn_param["{name}"]', f"after batch {batch}"
            assert_close(ours.get(name), theirs[name], what=what, where=where)


@check("batchnorm_forward", weight=2)
def test_adds_eps_to_the_variance(student, reference, rng):
    """eps is added to the variance, and bn_param's value replaces the default."""
    x, gamma, beta = draw_batch(rng)
    assert_same_forward(student, reference, x, gamma, beta, eps=0.3)
    mean, var = rng.uniform(-2, 2, x.shape[1]), rng.uniform(0.5, 3, x.shape[1])
    given = {"mode": "test", "running_mean": mean, "running_var": var}
    assert_same_forward(student, reference, x, gamma, beta, where="test mode", eps=0.3, **given)


@check("batchnorm_forward", edge=True)
def test_trains_then_tests(student, reference, rng):
    """What training leaves in bn_param is what test mode uses, and test mode leaves it alone."""
    x, gamma, beta = draw_batch(rng)
    ours, theirs = assert_same_forward(student, reference, x, gamma, beta)
    for part in (x, x[:1]):
        ours["mode"] = theirs["mode"] = "test"
        out, _ = student.batchnorm_forward(part, gamma, beta, ours)
        expected, _ = reference.batchnorm_forward(part, gamma, beta, theirs)
        assert_close(out, expected, what="out", where="test mode")
    for name in ("running_mean", "running_var"):
        what = f'bn_param["{name}"]'
        assert_close(ours.get(name), theirs[name], what=what, where="after test mode")


@check("batchnorm_forward", edge=True)
def test_can_test_before_it_trains(student, reference, rng):
    """Before the first batch, test mode takes running statistics of zero."""
    x, gamma, beta = draw_batch(rng)
    assert_same_forward(student, reference, x, gamma, beta, mode="test")


@check("batchnorm_forward", edge=True)
def test_takes_unusual_batches(student, reference, rng):
    """One feature, constant features, large offsets, and non-contiguous input work too."""
    x, gamma, beta = draw_batch(rng, columns=1)
    assert_same_forward(student, reference, x, gamma, beta, where="one feature")
    x, gamma, beta = draw_batch(rng)
    assert_same_forward(
        student, reference, x + 1e4, gamma, beta, where="mean 1e4", tolerance=LARGE_OFFSET
    )
    x[:, 1] = 3.0
    assert_same_forward(student, reference, x, gamma, beta, where="a constant feature")
    x, gamma, beta = draw_batch(rng, rows=12, columns=4)
    assert_same_forward(student, reference, x[::2], gamma, beta, where="non-contiguous x")


@check("batchnorm_forward", edge=True)
def test_takes_float32_batches(student, reference, rng):
    """float32 input gives the reference's output within float32's precision."""
    # Spreads that are large beside eps, which float32 cannot tell reliably.
    batch = draw_batch(rng, low=3.0, high=4.0)
    x, gamma, beta = (array.astype(np.float32) for array in batch)
    assert_same_forward(student, reference, x, gamma, beta, tolerance=SINGLE_PRECISION)


@check("batchnorm_forward", edge=True)
def test_leaves_x_alone(student, rng):
    """x, gamma and beta are not modified, in either mode."""
    x, gamma, beta = draw_batch(rng)
    bn_param = {"mode": "train"}
    student.batchnorm_forward(x, gamma, beta, bn_param)
    student.batchnorm_forward(x, gamma, beta, {**bn_param, "mode": "test"})
    mistakes = {"x": "batchnorm-centers-x-in-place"}
    assert_unmodified(student.batchnorm_forward, mistakes=mistakes)


@check("batchnorm_forward", edge=True)
def test_keeps_layers_apart(student, reference, rng):
    """Two layers used in turn keep their own running averages."""
    layers = [({"mode": "train"}, {"mode": "train"}) for _ in range(2)]
    for _ in range(3):
        for ours, theirs in layers:
            x, gamma, beta = draw_batch(rng, columns=3)
            student.batchnorm_forward(x, gamma, beta, ours)
            reference.batchnorm_forward(x, gamma, beta, theirs)
    for number, (ours, theirs) in enumerate(layers, start=1):
        for name in ("running_mean", "running_var"):
            what, where = f'bn_param["{name}"]', f"layer {number}"
            assert_close(ours.get(name), theirs[name], what=what, where=where)


def check_each_backward(weight=1, **options):
    """Make a test function a check of both forms of the backward pass; it gets the name of one."""
    names = ("batchnorm_backward", "batchnorm_backward_alt")
    marks = [
        pytest.param(name, id=name, marks=check(name, weight=weight, **options)) for name in names
    ]
    return pytest.mark.parametrize("backward", marks)


def train_mode(**param):
    return {"mode": "train", **param}


@check_each_backward(weight=8)
def test_dx_is_right(backward, student, reference, verdicts, rng):
    """dx is the reference's."""
    pair = Pair("batchnorm_forward", backward, train_mode)
    x, gamma, beta = draw_batch(rng)
    dout = rng.standard_normal(x.shape)
    assert_same_backward(pair, student, reference, verdicts, x, gamma, beta, dout, only=["dx"])


@check_each_backward(weight=3)
def test_dgamma_and_dbeta_are_right(backward, student, reference, verdicts, rng):
    """dgamma and dbeta are the reference's."""
    pair = Pair("batchnorm_forward", backward, train_mode)
    x, gamma, beta = draw_batch(rng)
    dout = rng.standard_normal(x.shape)
    only = ["dgamma", "dbeta"]
    assert_same_backward(pair, student, reference, verdicts, x, gamma, beta, dout, only=only)


@check_each_backward(weight=3)
def test_agrees_with_numeric_gradients(backward, student, verdicts, rng):
    """All three gradients agree with centered differences of your own forward pass."""
    verdicts.wait_for("batchnorm_forward")  # zeros have a gradient too
    pair = Pair("batchnorm_forward", backward, train_mode)
    x, gamma, beta = draw_batch(rng, rows=5, columns=3)
    assert_own_gradients(pair, student, x, gamma, beta, rng.standard_normal(x.shape))


@check_each_backward(weight=2)
def test_uses_the_forward_pass_eps(backward, student, reference, verdicts, rng):
    """With another eps in the forward pass, dx is still the reference's."""
    pair = Pair("batchnorm_forward", backward, train_mode)
    x, gamma, beta = draw_batch(rng)
    dout = rng.standard_normal(x.shape)
    assert_same_backward(
        pair, student, reference, verdicts, x, gamma, beta, dout, only=["dx"], eps=0.3
    )


@check_each_backward(weight=3, after_main=True)
def test_takes_large_batches(backward, student, reference, verdicts, rng):
    """For 5,000 rows the gradients are computed, not measured: it takes but a moment."""
    pair = Pair("batchnorm_forward", backward, train_mode)
    x, gamma, beta = draw_batch(rng, rows=50, columns=8)
    x, dout = enlarged(x, axis=0), enlarged(rng.standard_normal(x.shape), axis=0)
    assert_takes_large(pair, student, reference, verdicts, x, gamma, beta, dout)


@check_each_backward(edge=True)
def test_takes_unusual_gradients(backward, student, reference, verdicts, rng):
    """One feature, constant features, zero and non-contiguous gradients work too."""
    pair = Pair("batchnorm_forward", backward, train_mode)
    for case in ("one feature", "a constant feature", "zero dout", "non-contiguous dout"):
        x, gamma, beta = draw_batch(rng, columns=1 if case == "one feature" else 4)
        dout = rng.standard_normal((2 * x.shape[0], x.shape[1]))[::2]
        if case == "a constant feature":
            x[:, 1] = 3.0
        if case == "zero dout":
            dout = np.zeros_like(x)
        assert_same_backward(pair, student, reference, verdicts, x, gamma, beta, dout, where=case)


@check_each_backward(edge=True)
def test_takes_float32_gradients(backward, student, reference, verdicts, rng):
    """float32 gradients are the reference's within float32's precision."""
    pair = Pair("batchnorm_forward", backward, train_mode)
    # Spreads that are large beside eps, which float32 cannot tell reliably.
    batch = draw_batch(rng, low=3.0, high=4.0)
    x, gamma, beta = (array.astype(np.float32) for array in batch)
    dout = rng.standard_normal(x.shape).astype(np.float32)
    assert_same_backward(pair, student, reference, verdicts, x, gamma, beta, dout)


@check_each_backward(edge=True)
def test_leaves_inputs_alone(backward, student, rng):
    """dout is not modified, and the same cache gives the same gradients a second time."""
    pair = Pair("batchnorm_forward", backward, train_mode)
    x, gamma, beta = draw_batch(rng)
    mistakes = {"dout": "batchnorm-backward-scales-dout-in-place"}
    dout = rng.standard_normal(x.shape)
    assert_repeatable(pair, student, x, gamma, beta, dout, mistakes=mistakes)


@check_each_backward(edge=True)
def test_keeps_caches_apart(backward, student, rng):
    """After another forward pass, a cache still gives the gradients that it gave before."""
    x, gamma, beta = draw_batch(rng, rows=6, columns=4)
    dout = rng.standard_normal(x.shape)
    _, cache = student.batchnorm_forward(x, gamma, beta, train_mode())
    before = student[backward](dout, cache)
    for name, got, like in zip(GRADIENTS, before, (x, gamma, beta), strict=True):
        require_array(got, like, name)
    other, _, _ = draw_batch(rng, rows=6, columns=4)
    student.batchnorm_forward(other, gamma, beta, train_mode())
    after = student[backward](dout, cache)
    for name, got, earlier in zip(GRADIENTS, after, before, strict=True):
        assert_same_again(got, earlier, what=name, where="after another forward pass")
