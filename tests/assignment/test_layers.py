"""Layers and losses: gradients, dtypes, and scores large enough to overflow a naive exp."""

import numpy as np
import pytest

from assignment.gradient_check import numeric_gradient, numeric_gradient_array, rel_error
from assignment.layers import (
    affine_backward,
    affine_forward,
    relu_backward,
    relu_forward,
    softmax_loss,
    svm_loss,
)

DTYPES = [np.float32, np.float64]
LOSSES = [softmax_loss, svm_loss]


def test_affine_forward_flattens_images(rng):
    x, w, b = rng.standard_normal((5, 3, 2, 2)), rng.standard_normal((12, 4)), np.arange(4.0)
    out, _ = affine_forward(x, w, b)
    expected = np.einsum("nabc,abcm->nm", x, w.reshape(3, 2, 2, 4)) + b
    np.testing.assert_allclose(out, expected, rtol=1e-12)


def test_affine_backward_matches_numeric_gradients(rng):
    x, w, b = rng.standard_normal((5, 2, 3)), rng.standard_normal((6, 4)), rng.standard_normal(4)
    dout = rng.standard_normal((5, 4))
    grads = affine_backward(dout, affine_forward(x, w, b)[1])
    for array, grad in zip((x, w, b), grads, strict=True):
        numeric = numeric_gradient_array(lambda _: affine_forward(x, w, b)[0], array, dout)
        assert grad.shape == array.shape
        assert rel_error(grad, numeric) < 1e-7


def test_affine_takes_an_empty_batch():
    out, cache = affine_forward(np.zeros((0, 2, 3)), np.ones((6, 4)), np.ones(4))
    dx, dw, db = affine_backward(out, cache)
    assert (out.shape, dx.shape) == ((0, 4), (0, 2, 3))
    np.testing.assert_array_equal(dw, np.zeros((6, 4)))
    np.testing.assert_array_equal(db, np.zeros(4))


def test_relu_and_its_gradient(rng):
    x = np.array([[-1.0, 0.0, 2.0]])
    out, cache = relu_forward(x)
    np.testing.assert_array_equal(out, [[0, 0, 2]])
    np.testing.assert_array_equal(relu_backward(np.full((1, 3), 5.0), cache), [[0, 0, 5]])


def test_relu_backward_leaves_dout_alone(rng):
    x, dout = rng.standard_normal((2, 4, 5))
    before = dout.copy()
    relu_backward(dout, relu_forward(x)[1])
    np.testing.assert_array_equal(dout, before)


@pytest.mark.parametrize("loss", LOSSES)
def test_loss_gradients_match_numeric_ones(loss, rng):
    x, y = rng.standard_normal((6, 5)), rng.integers(5, size=6)
    _, dx = loss(x, y)
    assert rel_error(dx, numeric_gradient(lambda s: loss(s, y)[0], x)) < 1e-6


def test_losses_of_equal_scores():
    x, y = np.zeros((4, 10)), np.array([0, 3, 9, 3])
    assert softmax_loss(x, y)[0] == pytest.approx(np.log(10))
    assert svm_loss(x, y)[0] == pytest.approx(9)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_losses_leave_scores_alone(loss, dtype, rng):
    x = rng.standard_normal((6, 5)).astype(dtype)
    before = x.copy()
    loss(x, rng.integers(5, size=6))
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e4, 1e10, 1e30])
def test_softmax_loss_survives_huge_scores(dtype, scale):
    x = np.array([[scale, 0, -scale], [scale, scale, scale]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, dx = softmax_loss(x, np.array([1, 2]))
    assert loss == pytest.approx((scale + np.log(3)) / 2, rel=1e-6)
    third = 1 / 3
    expected = np.array([[1, -1, 0], [third, third, third - 1]]) / 2
    np.testing.assert_allclose(dx, expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("scale", [1e4, 1e10, 1e30])
def test_svm_loss_survives_huge_scores(dtype, scale):
    x = np.array([[scale, 0, -scale], [scale, scale, scale]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss, dx = svm_loss(x, np.array([1, 2]))
    assert loss == pytest.approx((scale + 1 + 2) / 2, rel=1e-6)
    np.testing.assert_array_equal(dx, np.array([[1, -1, 0], [1, 1, -2]]) / 2)


def test_a_certain_and_right_softmax_costs_nothing():
    loss, dx = softmax_loss(np.array([[1e4, 0.0]]), np.array([0]))
    assert loss == 0
    assert not dx.any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_result_has_the_dtype_of_its_input(dtype, rng):
    x, w = rng.standard_normal((3, 4)).astype(dtype), rng.standard_normal((4, 5)).astype(dtype)
    out, cache = affine_forward(x, w, np.zeros(5, dtype))
    hidden, relu_cache = relu_forward(out)
    results = [out, hidden, relu_backward(hidden, relu_cache), *affine_backward(out, cache)]
    y = np.array([0, 1, 2])
    for loss_function in LOSSES:
        loss, dx = loss_function(out, y)
        assert type(loss) is float
        results.append(dx)
    assert {array.dtype for array in results} == {np.dtype(dtype)}
