"""Checks of dropout: by law, since no two generators draw the same mask.

The one chance of a false alarm is a share of units, compared with its probability within
Hoeffding's bound sqrt(ln(2 / FALSE_ALARM) / (2 n)), which holds for every n and every probability.
A check makes at most six such comparisons: a correct solution fails it with probability < 1e-9.
"""

from __future__ import annotations

import math

import numpy as np

from grader.checks.dropout_layer import MISREAD, Layer
from grader.checks.unmodified import assert_unmodified
from grader.compare import SAME_FORMULA, SINGLE_PRECISION, assert_close, fail, require_array
from grader.plugin import check

FALSE_ALARM = 1e-10


def draw_input(rng, rows=200, columns=100):
    """x of both signs and far from 0, so that a zero in the output is a dropped unit."""
    few = max(rows // 20, 1)
    x = rng.uniform(1.0, 2.0, (few, columns)) * np.where(rng.random((few, columns)) < 0.5, -1, 1)
    return np.tile(x, (rows // few, 1))


def is_share(share, probability, n):
    """Whether a share of n independent units is what chance allows for this probability."""
    return abs(share - probability) <= math.sqrt(math.log(2 / FALSE_ALARM) / (2 * n))


def assert_share(found, probability, sentence, mistake=""):
    """The share of True entries is the probability, but for chance; `sentence` takes {share}."""
    share = float(found.mean())
    if not is_share(share, probability, found.size):
        fail(sentence.format(share=share), mistake=mistake)


def gain_of(out, x, kept):
    """The factor on the units that were kept: the same for all of them, or the median."""
    return median(out[kept].astype(np.float64) / x[kept])


def median(values):
    """The median, NaN if one of them is or there are none; numpy's own loads numpy.ma, slowly."""
    ordered = np.sort(values)
    if not ordered.size or np.isnan(ordered[-1]):
        return np.float64(np.nan)
    return (ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2]) / 2


@check("dropout_forward", weight=4)
def test_drops_or_scales_every_unit(student, conventions, verdicts, rng):
    """In training every unit is either dropped or divided by its chance to stay."""
    layer = Layer(student, conventions, verdicts)
    x = draw_input(rng)
    for keep in (0.7, 0.4):
        where = f"{keep:.0%} to keep"
        out, _ = layer.forward(x, keep)
        kept = out != 0
        if kept.all() or not kept.any():
            tell_all_or_nothing(layer, x, keep, kept.all(), np.array_equal(out, x))
        gain = gain_of(out, x, kept)
        share = kept.mean()
        if is_share(share, 1 - keep, x.size) and abs(gain * (1 - keep) - 1) < 1e-6:
            keep = 1 - keep  # p read the other way round: the next check charges that, once
        assert_close(gain, 1 / keep, what="the factor on kept units", where=where)
        assert_close(out, np.where(kept, x / keep, 0.0), what="out", where=where)


def tell_all_or_nothing(layer, x, keep, everything, same):
    """Fail a mask that is the same for all units, with the mistake where it shows."""
    if everything and same:
        fail(
            f"With {keep:.0%} to keep, out is x: nothing was dropped.",
            mistake="dropout-keeps-everything",
        )
    # One number for the whole array keeps everything in some calls and nothing in others.
    shares = {float(np.mean(out != 0)) for out in layer.draw(x[:2, :2], keep, times=60)}
    mistake = "dropout-one-number-for-all" if shares == {0.0, 1.0} else ""
    what = "nothing was dropped" if everything else "everything was dropped"
    fail(f"With {keep:.0%} to keep, {what}.", mistake=mistake)


@check("dropout_forward", weight=4)
def test_keeps_the_share(student, conventions, verdicts, rng):
    """The share of units that stay is what p says."""
    layer = Layer(student, conventions, verdicts)
    x = np.tile(draw_input(rng, rows=2, columns=200), (1, 50))
    for keep in (0.25, 0.8):
        out, _ = layer.forward(x, keep)
        kept = out != 0
        if kept.all() or not kept.any():
            tell_all_or_nothing(layer, x, keep, kept.all(), np.array_equal(out, x))
        share, gain = kept.mean(), gain_of(out, x, kept)
        mistake = ""
        if is_share(share, 1 - keep, x.size):
            scaled = abs(gain * (1 - keep) - 1) < 1e-6
            mistake = MISREAD if scaled else "dropout-drops-p-scales-keep"
        elif is_share(share, (1 + math.erf(keep / math.sqrt(2))) / 2, x.size):
            mistake = "dropout-normal-numbers"
        sentence = f"With {keep:.0%} to keep, {{share:.1%}} of {x.size} units stayed."
        assert_share(kept, keep, sentence, mistake)


@check("dropout_forward", after_main=True, weight=4)
def test_does_nothing_in_test_mode(student, conventions, verdicts, rng):
    """In test mode out is x."""
    layer = Layer(student, conventions, verdicts)
    x = draw_input(rng, rows=20, columns=5)
    for keep in (0.3, 0.8):
        out, _ = layer.forward(x, keep, mode="test")
        if not out.all():
            fail(
                f"Test mode dropped {np.mean(out == 0):.0%} of the units.",
                mistake="dropout-drops-in-test-mode",
            )
        assert_close(out, x, what="out", where=f"test mode, {keep:.0%} to keep")


@check("dropout_forward", edge=True)
def test_can_keep_everything(student, conventions, verdicts, rng):
    """When every unit is to stay, nothing is dropped and nothing scaled."""
    layer = Layer(student, conventions, verdicts)
    if layer.misread:
        return  # its p would be 0, which the given code refuses
    x = draw_input(rng, rows=20, columns=5)
    out, _ = layer.forward(x, 1.0)
    assert_close(out, x, what="out")


@check("dropout_forward", after_main=True, weight=3)
def test_draws_every_unit_by_itself(student, conventions, verdicts, rng):
    """Two calls, two rows and two columns do not share their masks."""
    layer = Layer(student, conventions, verdicts)
    x = draw_input(rng)
    outputs = layer.draw(x, 0.5, times=2)
    first, second = (out != 0 for out in outputs)
    if first.all() or not first.any():
        tell_all_or_nothing(layer, x, 0.5, first.all(), np.array_equal(outputs[0], x))
    stay = first.mean()
    by_chance = stay**2 + (1 - stay) ** 2  # 0.5, unless the share of kept units is wrong already
    for same, where, mistake in (
        (first[1:] == first[:-1], "neighbouring rows", "dropout-one-mask-for-all-rows"),
        (first[:, 1:] == first[:, :-1], "neighbouring columns", ""),
        (first == second, "two calls", "dropout-same-mask-every-call"),
    ):
        if not is_share(same.mean(), by_chance, same.size):
            sentence = f"In {where}, {{share:.1%}} of the masks agree; chance gives 50%."
            assert_share(same, 0.5, sentence, mistake)


@check("dropout_forward", edge=True)
def test_takes_any_input(student, conventions, verdicts, rng):
    """Vectors, higher dimensions, non-contiguous and float32 input work too."""
    layer = Layer(student, conventions, verdicts)
    strided = rng.uniform(1.0, 2.0, (10, 8))[:, ::2]
    inputs = {
        "a vector": rng.uniform(1.0, 2.0, 40),
        "four dimensions": rng.uniform(1.0, 2.0, (2, 3, 4, 5)),
        "non-contiguous x": strided,
        "float32": strided.astype(np.float32),
    }
    for where, x in inputs.items():
        out, _ = layer.forward(x, 0.5)
        expected = np.where(out != 0, 2 * x, np.zeros_like(x))
        tolerance = SINGLE_PRECISION if x.dtype == np.float32 else SAME_FORMULA
        assert_close(out, expected, what="out", where=where, tolerance=tolerance)


@check("dropout_forward", edge=True)
def test_leaves_its_input_alone(student, conventions, verdicts, rng):
    """x is not modified, in either mode."""
    layer = Layer(student, conventions, verdicts)
    x = draw_input(rng, rows=20, columns=5)
    for mode in ("train", "test"):
        layer.forward(x, 0.5, mode=mode)
    assert_unmodified(student.dropout_forward, mistakes={"x": "dropout-zeroes-x-in-place"})


def assert_own_mask(layer, x, keep, dout, *, where, tolerance=SAME_FORMULA):
    """dx is dout through the mask that the student's own forward pass used."""
    out, cache = layer.forward(x, keep)
    assert_through(layer, cache, out / x, dout, where=where, tolerance=tolerance)


def assert_through(layer, cache, mask, dout, *, where, tolerance=SAME_FORMULA):
    """dx is dout times the mask.

    The factors are told first: they do not depend on the mask, so that a mistake shows as itself.
    """
    dx = layer.student.dropout_backward(dout, cache)
    if type(dx) is np.ndarray and dx.shape == dout.shape and np.isfinite(dx).all():
        kept, factors = mask != 0, dx.astype(np.float64) / dout
        if kept.any() and not kept.all():
            dropped = np.abs(factors[~kept]).max()
            assert_close(dropped, 0.0, what="the factor where units were dropped", where=where)
            stayed, right = median(factors[kept]), median(mask[kept])
            what = "the factor where units stayed"
            assert_close(stayed, np.float64(right), what=what, where=where, tolerance=tolerance)
    assert_close(dx, (dout * mask).astype(dout.dtype), what="dx", where=where, tolerance=tolerance)


@check("dropout_backward", weight=4)
def test_uses_the_forward_mask(student, conventions, verdicts, rng):
    """The gradient passes where the input passed, scaled by the same factor."""
    verdicts.wait_for("dropout_forward")
    layer = Layer(student, conventions, verdicts)
    x, dout = draw_input(rng, 40, 10), rng.standard_normal((40, 10))
    for keep in (0.7, 0.4):
        assert_own_mask(layer, x, keep, dout, where=f"{keep:.0%} to keep")


@check("dropout_backward", edge=True)
def test_keeps_calls_apart(student, conventions, verdicts, rng):
    """After two forward passes, each cache still gives its own mask."""
    layer = Layer(student, conventions, verdicts)
    x, dout = draw_input(rng, 40, 10), rng.standard_normal((40, 10))
    passes = [layer.forward(x, keep) for keep in (0.7, 0.4)]
    for number, (out, cache) in enumerate(passes, start=1):
        assert_through(layer, cache, out / x, dout, where=f"cache {number} of 2")


@check("dropout_backward", after_main=True)
def test_passes_everything_in_test_mode(student, conventions, verdicts, rng):
    """In test mode dx is dout."""
    layer = Layer(student, conventions, verdicts)
    x, dout = draw_input(rng, 20, 5), rng.standard_normal((20, 5))
    _, cache = layer.forward(x, 0.4, mode="test")
    assert_close(student.dropout_backward(dout, cache), dout, what="dx", where="test mode")


@check("dropout_backward", edge=True)
def test_takes_any_gradient(student, conventions, verdicts, rng):
    """Vectors, higher dimensions, non-contiguous and float32 gradients work too."""
    layer = Layer(student, conventions, verdicts)
    for where, shape in (("a vector", (40,)), ("four dimensions", (2, 3, 4, 5))):
        x, dout = rng.uniform(1.0, 2.0, shape), rng.standard_normal(shape)
        assert_own_mask(layer, x, 0.5, dout, where=where)
    x, dout = rng.uniform(1.0, 2.0, (10, 4)), rng.standard_normal((10, 8))[:, ::2]
    assert_own_mask(layer, x, 0.5, dout, where="non-contiguous dout")
    x, dout = x.astype(np.float32), dout.astype(np.float32)
    assert_own_mask(layer, x, 0.5, dout, where="float32", tolerance=SINGLE_PRECISION)


@check("dropout_backward", edge=True)
def test_leaves_inputs_alone(student, conventions, verdicts, rng):
    """dout is not modified, and the same cache gives the same gradient a second time."""
    layer = Layer(student, conventions, verdicts)
    x, dout = draw_input(rng, 20, 5), rng.standard_normal((20, 5))
    _, cache = layer.forward(x, 0.5)
    first = student.dropout_backward(dout, cache)
    require_array(first, dout, "dx")
    second = student.dropout_backward(dout, cache)
    assert_unmodified(student.dropout_backward)
    assert_close(second, first, what="dx", where="second call with the same cache")
