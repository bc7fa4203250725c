"""Checks of layer normalization."""

from __future__ import annotations

import functools

import numpy as np

from grader.checks.large import assert_takes_large, enlarged
from grader.checks.layers import (
    Pair,
    assert_own_gradients,
    assert_repeatable,
    assert_same_backward,
    draw_batch,
)
from grader.checks.unmodified import assert_unmodified
from grader.compare import SAME_FORMULA, SINGLE_PRECISION, assert_close
from grader.plugin import check

PAIR = Pair("layernorm_forward", "layernorm_backward", dict)
draw_examples = functools.partial(draw_batch, axis=1)


def assert_same_forward(
    student, reference, x, gamma, beta, *, where="", tolerance=SAME_FORMULA, **param
):
    """out is the reference's."""
    out, _ = student.layernorm_forward(x, gamma, beta, param)
    expected, _ = reference.layernorm_forward(x, gamma, beta, param)
    assert_close(out, expected, what="out", where=where, tolerance=tolerance)


@check("layernorm", weight=4)
def test_normalizes_every_example(student, reference, rng):
    """Every example is normalized over its features, then scaled and shifted."""
    x, gamma, beta = draw_examples(rng)
    assert_same_forward(student, reference, x, gamma, beta)


@check("layernorm", weight=1)
def test_adds_eps(student, reference, rng):
    """eps is added to the variance, and ln_param's value replaces the default."""
    x, gamma, beta = draw_examples(rng)
    assert_same_forward(student, reference, x, gamma, beta, eps=0.3)


@check("layernorm", weight=6)
def test_gradients_follow_the_reference(student, reference, verdicts, rng):
    """dx, dgamma and dbeta are the reference's."""
    for eps in (1e-5, 0.3):
        x, gamma, beta = draw_examples(rng)
        dout = rng.standard_normal(x.shape)
        assert_same_backward(
            PAIR,
            student,
            reference,
            verdicts,
            x,
            gamma,
            beta,
            dout,
            eps=eps,
            where=f"eps {eps:g}",
        )


@check("layernorm", weight=2, after_main=True)
def test_takes_large_layers(student, reference, verdicts, rng):
    """For 5,000 features the gradients are computed, not measured: it takes but a moment."""
    x, gamma, beta = draw_batch(rng, rows=8, columns=50)
    x, dout = enlarged(x, axis=1), enlarged(rng.standard_normal(x.shape), axis=1)
    gamma, beta = enlarged(gamma, axis=0), enlarged(beta, axis=0)
    assert_takes_large(PAIR, student, reference, verdicts, x, gamma, beta, dout)


@check("layernorm", edge=True)
def test_gradients_agree_with_numeric_ones(student, rng):
    """All three gradients agree with centered differences of your own forward pass."""
    x, gamma, beta = draw_examples(rng, rows=5, columns=3)
    assert_own_gradients(PAIR, student, x, gamma, beta, rng.standard_normal(x.shape))


@check("layernorm", edge=True)
def test_judges_each_example_by_itself(student, reference, rng):
    """One example alone, equal features, and non-contiguous input work too."""
    x, gamma, beta = draw_examples(rng)
    assert_same_forward(student, reference, x[:1], gamma, beta, where="one example")
    x[1] = 3.0
    assert_same_forward(student, reference, x, gamma, beta, where="an example of equal features")
    x, gamma, beta = draw_examples(rng, rows=12, columns=4)
    assert_same_forward(student, reference, x[::2], gamma, beta, where="non-contiguous x")


@check("layernorm", edge=True)
def test_takes_float32_examples(student, reference, verdicts, rng):
    """float32 input gives the reference's output and gradients within float32's precision."""
    x, gamma, beta = (array.astype(np.float32) for array in draw_examples(rng, low=3.0, high=4.0))
    dout = rng.standard_normal(x.shape).astype(np.float32)
    assert_same_forward(student, reference, x, gamma, beta, tolerance=SINGLE_PRECISION)
    assert_same_backward(PAIR, student, reference, verdicts, x, gamma, beta, dout)


@check("layernorm", edge=True)
def test_leaves_its_arguments_alone(student, rng):
    """x, gamma, beta, dout and the cache are not modified."""
    x, gamma, beta = draw_examples(rng)
    assert_repeatable(PAIR, student, x, gamma, beta, rng.standard_normal(x.shape))
    mistakes = {"x": "layernorm-centers-x-in-place"}
    assert_unmodified(student.layernorm_forward, student.layernorm_backward, mistakes=mistakes)
