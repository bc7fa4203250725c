"""Checks of dropout: by law, since no two generators draw the same mask.

The one chance of a false alarm is the kept fraction. It is compared with p within Hoeffding's bound
sqrt(ln(2 / delta) / (2 n)) with delta = 1e-10, which holds for every n and p.
"""

from __future__ import annotations

import math

import numpy as np

from grader.compare import SINGLE_PRECISION, assert_close, fail
from grader.plugin import check

FALSE_ALARM = 1e-10


def draw_input(rng, rows=200, columns=100):
    """Positive x, so that a zero in the output is a dropped unit."""
    return np.tile(rng.uniform(1.0, 2.0, (rows // 20, columns)), (20, 1))


def forward(student, x, p, mode="train", **param):
    """out as an array of x's shape and dtype, and the handle of the student's cache."""
    out, cache = student.dropout_forward(x, {"p": p, "mode": mode, **param})
    assert_shaped(out, x, "out")
    return out, cache


def assert_shaped(got, like, what):
    """An array of this shape, finite, of this dtype: told by the comparison of arrays."""
    if type(got) is not np.ndarray or got.shape != like.shape or not np.isfinite(got).all():
        assert_close(got, like, what=what)


def assert_fraction(kept, p, what="of the units"):
    """The share of kept units is p, but for chance."""
    bound = math.sqrt(math.log(2 / FALSE_ALARM) / (2 * kept.size))
    fraction = float(kept.mean())
    if not abs(fraction - p) <= bound:
        fail(
            f"With p = {p:g}, {fraction:.3f} {what} were kept; chance allows "
            f"{max(p - bound, 0):.3f} to {min(p + bound, 1):.3f} for {kept.size} units."
        )


@check("dropout_forward", weight=4)
def test_drops_or_scales_every_unit(student, rng):
    """In training every unit is either 0 or divided by p, and some are each."""
    x = draw_input(rng)
    for p in (0.7, 0.4):
        out, _ = forward(student, x, p)
        kept = out != 0
        if kept.all():
            fail(f"With p = {p:g} nothing was dropped: no entry of out is 0.")
        if not kept.any():
            fail(f"With p = {p:g} everything was dropped: every entry of out is 0.")
        expected = np.where(kept, x / p, 0.0)
        assert_close(out, expected, what="out", where=f"p = {p:g}")


@check("dropout_forward", weight=4)
def test_keeps_the_fraction_p(student, rng):
    """The share of units kept in training is p."""
    x = draw_input(rng)
    for p in (0.25, 0.8):
        out, _ = forward(student, x, p)
        assert_fraction(out != 0, p)


@check("dropout_forward", edge=True, weight=2)
def test_does_nothing_in_test_mode(student, rng):
    """In test mode out is x."""
    x = draw_input(rng, rows=20, columns=5)
    for p in (0.3, 0.8):
        out, _ = forward(student, x, p, mode="test")
        assert_close(out, x, what="out", where=f"test mode, p = {p:g}")


@check("dropout_forward", edge=True)
def test_keeps_everything_for_p_1(student, rng):
    """With p = 1 nothing is dropped and nothing scaled."""
    x = draw_input(rng, rows=20, columns=5)
    out, _ = forward(student, x, 1.0)
    assert_close(out, x, what="out")


@check("dropout_forward", edge=True, weight=2)
def test_draws_every_unit_by_itself(student, rng):
    """Two calls, two rows and two columns do not share their masks."""
    x = draw_input(rng)
    first, second = (forward(student, x, 0.5)[0] != 0 for _ in range(2))
    assert_fraction(first == second, 0.5, "of the units agree between two calls, as if they")
    assert_fraction(first[1:] == first[:-1], 0.5, "of the units agree between rows, as if they")
    assert_fraction(
        first[:, 1:] == first[:, :-1], 0.5, "of the units agree between columns, as if they"
    )


@check("dropout_forward", edge=True)
def test_takes_any_input(student, rng):
    """Vectors, higher dimensions, non-contiguous and float32 input work too."""
    for shape in ((40,), (4, 5, 6), (2, 3, 4, 5)):
        x = rng.uniform(1.0, 2.0, shape)
        out, _ = forward(student, x, 0.5)
        assert_close(out, np.where(out != 0, x / 0.5, 0.0), what="out", where=f"shape {shape}")
    x = rng.uniform(1.0, 2.0, (10, 8))[:, ::2]
    out, _ = forward(student, x, 0.5)
    assert_close(out, np.where(out != 0, x / 0.5, 0.0), what="out", where="non-contiguous x")
    x = x.astype(np.float32)
    out, _ = forward(student, x, 0.5)
    expected = np.where(out != 0, x / np.float32(0.5), np.float32(0))
    assert_close(out, expected, what="out", where="float32", tolerance=SINGLE_PRECISION)


@check("dropout_forward", edge=True)
def test_leaves_its_input_alone(student, rng):
    """x and dropout_param are not modified, in either mode."""
    x = draw_input(rng, rows=20, columns=5)
    for mode in ("train", "test"):
        forward(student, x, 0.5, mode=mode)
    if student.modified:
        names = ", ".join(sorted(name for _, name in student.modified))
        fail(f"{names}: not what it was before the call. The function has changed it in place.")


def assert_own_mask(student, x, p, dout, **options):
    """dx is dout through the mask that the student's own forward pass used."""
    out, cache = forward(student, x, p)
    dx = student.dropout_backward(dout, cache)
    assert_close(dx, (dout * (out / x)).astype(x.dtype), what="dx", **options)


@check("dropout_backward", weight=4)
def test_uses_the_forward_mask(student, verdicts, rng):
    """The gradient passes where the input passed, scaled by the same factor."""
    verdicts.wait_for("dropout_forward")
    x, dout = draw_input(rng, 40, 10), rng.standard_normal((40, 10))
    for p in (0.7, 0.4):
        assert_own_mask(student, x, p, dout, where=f"p = {p:g}")


@check("dropout_backward", edge=True)
def test_keeps_calls_apart(student, rng):
    """After two forward passes, each cache still gives its own mask."""
    x, dout = draw_input(rng, 40, 10), rng.standard_normal((40, 10))
    passes = [forward(student, x, p) for p in (0.7, 0.4)]
    for number, (out, cache) in enumerate(passes, start=1):
        dx = student.dropout_backward(dout, cache)
        assert_close(dx, dout * (out / x), what="dx", where=f"cache {number} of 2")


@check("dropout_backward", edge=True)
def test_passes_everything_in_test_mode(student, rng):
    """In test mode dx is dout."""
    x, dout = draw_input(rng, 20, 5), rng.standard_normal((20, 5))
    _, cache = forward(student, x, 0.4, mode="test")
    assert_close(student.dropout_backward(dout, cache), dout, what="dx", where="test mode")


@check("dropout_backward", edge=True)
def test_takes_any_gradient(student, rng):
    """Vectors, higher dimensions, non-contiguous and float32 gradients work too."""
    for shape in ((40,), (2, 3, 4, 5)):
        assert_own_mask(student, rng.uniform(1.0, 2.0, shape), 0.5, rng.standard_normal(shape))
    x, dout = rng.uniform(1.0, 2.0, (10, 4)), rng.standard_normal((10, 8))[:, ::2]
    assert_own_mask(student, x, 0.5, dout, where="non-contiguous dout")
    x, dout = x.astype(np.float32), dout.astype(np.float32)
    assert_own_mask(student, x, 0.5, dout, where="float32", tolerance=SINGLE_PRECISION)


@check("dropout_backward", edge=True)
def test_leaves_dout_alone(student, rng):
    """dout is not modified."""
    x, dout = draw_input(rng, 20, 5), rng.standard_normal((20, 5))
    _, cache = forward(student, x, 0.5)
    student.dropout_backward(dout, cache)
    if student.modified:
        fail("dout is not what it was before the call: the function has changed it in place.")
