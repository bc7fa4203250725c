"""Numeric gradients against known ones; x comes back untouched; rel_error's edges."""

import numpy as np
import pytest

from assignment.gradient_check import (
    numeric_gradient,
    numeric_gradient_array,
    rel_error,
    sampled_rel_errors,
)


@pytest.mark.parametrize(
    ("method", "tolerance"), [("centered", 1e-9), ("forward", 1e-4), ("backward", 1e-4)]
)
def test_scalar_gradient(method, tolerance, rng):
    x = rng.standard_normal((3, 4))
    grad = numeric_gradient(lambda v: np.sum(np.sin(v)), x, method=method)
    assert np.abs(grad - np.cos(x)).max() < tolerance


def test_one_sided_methods_err_on_opposite_sides():
    x = np.array([1.0])
    forward, backward = (
        numeric_gradient(lambda v: v[0] ** 2, x, 0.25, m) for m in ("forward", "backward")
    )
    assert (forward[0], backward[0]) == (2.25, 1.75)


def test_array_gradient_is_a_vector_jacobian_product(rng):
    x, A, df = rng.standard_normal(4), rng.standard_normal((3, 4)), rng.standard_normal(3)
    for method in ("centered", "forward", "backward"):
        grad = numeric_gradient_array(lambda v: A @ v, x, df, method=method)
        assert np.abs(grad - A.T @ df).max() < 1e-9


def test_f_may_return_its_argument(rng):
    x, df = rng.standard_normal((2, 3)), rng.standard_normal((2, 3))
    np.testing.assert_allclose(numeric_gradient_array(lambda v: v, x, df), df, rtol=1e-9)


def test_f_may_close_over_x(rng):
    x = rng.standard_normal(5)
    np.testing.assert_allclose(numeric_gradient(lambda _: np.sum(x**2), x), 2 * x, rtol=1e-8)


@pytest.mark.parametrize("view", [lambda a: a.T, lambda a: a[::2, 1:], lambda a: a[:, 1, None]])
def test_non_contiguous_and_restored_to_the_last_bit(view, rng):
    whole = rng.standard_normal((6, 4))
    before = whole.copy()
    x = view(whole)
    assert not x.flags.c_contiguous
    np.testing.assert_allclose(numeric_gradient(lambda v: np.sum(v**3), x), 3 * x**2, rtol=1e-6)
    np.testing.assert_array_equal(whole, before)


def test_x_is_restored_when_f_raises(rng):
    x = rng.standard_normal(3)
    before = x.copy()

    def fails_when_moved(v):
        raise RuntimeError("no")

    for gradient in (
        lambda: numeric_gradient(fails_when_moved, x),
        lambda: numeric_gradient_array(fails_when_moved, x, np.ones(3)),
        lambda: sampled_rel_errors(fails_when_moved, x, x),
    ):
        with pytest.raises(RuntimeError):
            gradient()
        np.testing.assert_array_equal(x, before)


def test_a_zero_dimensional_x():
    assert numeric_gradient(lambda v: float(v) ** 2, np.array(3.0)) == pytest.approx(6)


def test_float32_uses_the_step_really_taken(rng):
    x = rng.uniform(1, 2, 20).astype(np.float32)
    grad = numeric_gradient(lambda v: np.sum(v.astype(np.float64) ** 2), x, h=1e-4)
    assert grad.dtype == np.float64
    np.testing.assert_allclose(grad, 2 * x.astype(np.float64), rtol=1e-6)


def test_arguments_that_cannot_work_are_explained():
    x = np.ones(2)
    with pytest.raises(TypeError, match="int64"):
        numeric_gradient(np.sum, np.arange(3, dtype=np.int64))
    with pytest.raises(ValueError, match="lost in rounding"):
        numeric_gradient(np.sum, np.array([1e20]))
    with pytest.raises(ValueError, match="return a number"):
        numeric_gradient(lambda v: v, x)
    with pytest.raises(ValueError, match="df has"):
        numeric_gradient_array(lambda v: v, x, np.ones(3))
    with pytest.raises(ValueError, match="central"):
        numeric_gradient(np.sum, x, method="central")


def test_sampled_errors_tell_right_from_wrong(rng):
    x = rng.standard_normal((30, 30))
    right = sampled_rel_errors(lambda v: np.sum(v**2), x, 2 * x, num_checks=7, rng=0)
    wrong = sampled_rel_errors(lambda v: np.sum(v**2), x, 2.2 * x, num_checks=7, rng=0)
    assert right.shape == (7,)
    assert right.max() < 1e-5
    assert wrong.min() > 1e-2


def test_rel_error():
    assert rel_error([1.0, 2.0], [1.0, 2.0]) == 0
    assert rel_error([1.0, 2.0], [1.0, 6.0]) == 0.5
    assert rel_error([1.0], [-1.0]) == 1
    assert rel_error(0.0, 1e-9) == pytest.approx(0.1)  # the floor of 1e-8
    assert rel_error(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0
    with pytest.raises(ValueError, match="shapes"):
        rel_error(np.zeros(3), np.zeros((1, 3)))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_rel_error_is_nan_when_an_entry_is_not_finite(bad):
    assert np.isnan(rel_error([1.0, bad], [1.0, 2.0]))
    assert np.isnan(rel_error([1.0, bad], [1.0, bad]))
