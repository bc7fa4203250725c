"""Checks of batch normalization."""

from __future__ import annotations

import numpy as np

from grader.checks.gradients import numeric_gradients
from grader.compare import (
    LARGE_OFFSET,
    NUMERIC_GRADIENT,
    SAME_FORMULA,
    SINGLE_PRECISION,
    Mismatch,
    assert_close,
    fail,
    note,
)
from grader.plugin import check


def draw_batch(rng, rows=None, columns=None):
    """x with features of different means and spreads, and gamma and beta."""
    rows = rows or int(rng.integers(5, 10))
    columns = columns or int(rng.integers(3, 6))
    x = rng.uniform(0.5, 3.0, columns) * rng.standard_normal((rows, columns))
    x = x + rng.uniform(-4.0, 4.0, columns)
    return x, rng.uniform(0.5, 2.0, columns), rng.uniform(-1.0, 1.0, columns)


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
def test_uses_running_statistics_in_test_mode(student, reference, rng):
    """In test mode the running statistics are used, with gamma and beta."""
    x, gamma, beta = draw_batch(rng)
    mean, var = rng.uniform(-2, 2, x.shape[1]), rng.uniform(0.5, 3, x.shape[1])
    statistics = {"running_mean": mean, "running_var": var}
    assert_same_forward(student, reference, x, gamma, beta, mode="test", **statistics)


@check("batchnorm_forward", weight=3)
def test_keeps_running_averages(student, reference, rng):
    """Over three batches the running mean and variance follow the reference."""
    _, gamma, beta = draw_batch(rng, columns=4)
    ours, theirs = {"mode": "train", "momentum": 0.7}, {"mode": "train", "momentum": 0.7}
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
    x, gamma, beta = (array.astype(np.float32) for array in draw_batch(rng))
    assert_same_forward(student, reference, x, gamma, beta, tolerance=SINGLE_PRECISION)


@check("batchnorm_forward", edge=True)
def test_leaves_x_alone(student, rng):
    """x, gamma and beta are not modified, in either mode."""
    x, gamma, beta = draw_batch(rng)
    bn_param = {"mode": "train"}
    student.batchnorm_forward(x, gamma, beta, bn_param)
    student.batchnorm_forward(x, gamma, beta, {**bn_param, "mode": "test"})
    if student.modified:
        names = ", ".join(sorted(name for _, name in student.modified))
        fail(f"{names}: not what it was before the call. The function has changed it in place.")


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


def assert_same_backward(
    student, reference, verdicts, x, gamma, beta, dout, *, only, where="", **param
):
    """The gradients named in `only` are right.

    Right is what the reference gives; or, after a forward pass that is wrong in a known way, what
    centered differences of that forward pass give.
    """
    tolerance = SINGLE_PRECISION if x.dtype == np.float32 else SAME_FORMULA
    _, cache = student.batchnorm_forward(x, gamma, beta, {"mode": "train", **param})
    ours = student.batchnorm_backward(dout, cache)
    _, right_cache = reference.batchnorm_forward(x, gamma, beta, {"mode": "train", **param})
    right = reference.batchnorm_backward(dout, right_cache)
    names = ("dx", "dgamma", "dbeta")
    chosen = [names.index(name) for name in only]
    try:
        for i in chosen:
            assert_close(ours[i], right[i], what=names[i], where=where, tolerance=tolerance)
    except Mismatch:
        if verdicts.known_mistake("batchnorm_forward") is None or x.dtype == np.float32:
            raise
        forward = student.batchnorm_forward
        numeric = numeric_gradients(
            forward,
            (x, gamma, beta),
            dout,
            lambda *inputs: forward.call(*inputs, {"mode": "train", **param}),
        )
        for i in chosen:
            assert_close(
                ours[i], numeric[i], what=names[i], where=where, tolerance=NUMERIC_GRADIENT
            )
        note("follow_through")


@check("batchnorm_backward", weight=8)
def test_dx_follows_the_reference(student, reference, verdicts, rng):
    """dx is the reference's."""
    x, gamma, beta = draw_batch(rng)
    dout = rng.standard_normal(x.shape)
    assert_same_backward(student, reference, verdicts, x, gamma, beta, dout, only=["dx"])


@check("batchnorm_backward", weight=3)
def test_dgamma_and_dbeta_follow_the_reference(student, reference, verdicts, rng):
    """dgamma and dbeta are the reference's."""
    x, gamma, beta = draw_batch(rng)
    dout = rng.standard_normal(x.shape)
    only = ["dgamma", "dbeta"]
    assert_same_backward(student, reference, verdicts, x, gamma, beta, dout, only=only)


@check("batchnorm_backward", weight=3)
def test_agrees_with_numeric_gradients(student, verdicts, rng):
    """All three gradients agree with centered differences of your own forward pass."""
    verdicts.wait_for("batchnorm_forward")  # zeros have a gradient too
    x, gamma, beta = draw_batch(rng, rows=5, columns=3)
    dout = rng.standard_normal(x.shape)
    forward = student.batchnorm_forward
    _, cache = forward(x, gamma, beta, {"mode": "train"})
    ours = student.batchnorm_backward(dout, cache)
    numeric = numeric_gradients(
        forward, (x, gamma, beta), dout, lambda *inputs: forward.call(*inputs, {"mode": "train"})
    )
    for name, got, expected in zip(("dx", "dgamma", "dbeta"), ours, numeric, strict=True):
        assert_close(got, expected, what=name, tolerance=NUMERIC_GRADIENT)


@check("batchnorm_backward", weight=2)
def test_uses_the_forward_pass_eps(student, reference, verdicts, rng):
    """With another eps in the forward pass, dx is still the reference's."""
    x, gamma, beta = draw_batch(rng)
    dout = rng.standard_normal(x.shape)
    assert_same_backward(student, reference, verdicts, x, gamma, beta, dout, only=["dx"], eps=0.3)


@check("batchnorm_backward", edge=True)
def test_takes_unusual_gradients(student, reference, verdicts, rng):
    """One feature, constant features, zero and non-contiguous gradients work too."""
    every = ["dx", "dgamma", "dbeta"]
    for case in ("one feature", "a constant feature", "zero dout", "non-contiguous dout"):
        x, gamma, beta = draw_batch(rng, columns=1 if case == "one feature" else 4)
        dout = rng.standard_normal((2 * x.shape[0], x.shape[1]))[::2]
        if case == "a constant feature":
            x[:, 1] = 3.0
        if case == "zero dout":
            dout = np.zeros_like(x)
        assert_same_backward(
            student, reference, verdicts, x, gamma, beta, dout, only=every, where=case
        )


@check("batchnorm_backward", edge=True)
def test_takes_float32_gradients(student, reference, verdicts, rng):
    """float32 gradients are the reference's within float32's precision."""
    x, gamma, beta = (array.astype(np.float32) for array in draw_batch(rng))
    dout = rng.standard_normal(x.shape).astype(np.float32)
    every = ["dx", "dgamma", "dbeta"]
    assert_same_backward(student, reference, verdicts, x, gamma, beta, dout, only=every)


@check("batchnorm_backward", edge=True)
def test_leaves_dout_and_the_cache_alone(student, rng):
    """dout is not modified, and the same cache gives the same gradients a second time."""
    x, gamma, beta = draw_batch(rng)
    dout = rng.standard_normal(x.shape)
    _, cache = student.batchnorm_forward(x, gamma, beta, {"mode": "train"})
    first = student.batchnorm_backward(dout, cache)
    second = student.batchnorm_backward(dout, cache)
    if student.modified:
        fail("dout is not what it was before the call: the function has changed it in place.")
    for name, got, expected in zip(("dx", "dgamma", "dbeta"), second, first, strict=True):
        assert_close(got, expected, what=name, where="second call with the same cache")
