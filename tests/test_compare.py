"""The verdict on arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader import compare
from grader.compare import (
    Mismatch,
    Tolerance,
    assert_close,
    fail,
    is_close,
    note,
    require_array,
)
from grader.student.wire import Handle, Opaque

TOLERANCES = [value for value in vars(compare).values() if isinstance(value, Tolerance)]
finite = st.floats(-1e100, 1e100)
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)


def mismatch(got, expected, **options):
    with pytest.raises(Mismatch) as caught:
        assert_close(got, expected, what="out", **options)
    return caught.value


@given(hnp.arrays(np.float64, shapes, elements=finite))
def test_every_array_is_close_to_itself(x):
    assert_close(x, x.copy(), what="x")
    assert is_close(x, x.copy())


@given(
    hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=finite),
    st.data(),
)
def test_one_wrong_element_is_found_wherever_it_is(expected, data):
    index = tuple(data.draw(st.integers(0, side - 1)) for side in expected.shape)
    got = expected.copy()
    got[index] += 1.0 + 2 * np.abs(expected).max()
    found = mismatch(got, expected)
    assert found.kind == "value"
    assert found.values["index"] == str(list(index))
    assert (found.values["count"], found.values["size"]) == (1, expected.size)
    assert found.error == found.values["error"] > found.values["allowed"]


@given(st.sampled_from([np.nan, np.inf, -np.inf]), st.integers(0, 5))
def test_what_is_not_finite_never_passes(bad, position):
    got = np.ones(6)
    got[position] = bad
    for expected in (np.ones(6), got, np.zeros(6)):
        assert not is_close(got, expected)
    found = mismatch(got, np.ones(6))
    assert (found.kind, found.values["count"]) == ("nonfinite", 1)
    assert found.values["index"] == f"[{position}]"


def test_an_expected_value_that_is_not_finite_accepts_nothing():
    assert not is_close(np.ones(2), np.array([1.0, np.nan]))
    assert not is_close(np.array([1.0, np.nan]), np.array([1.0, np.nan]))


@pytest.mark.parametrize(
    ("got", "described"),
    [
        (None, "None"),
        ([1.0, 1.0], "list"),
        (1.0, "float"),
        (np.float64(1.0), "float64"),
        ("out", "str"),
        (Opaque("Mine"), "Mine"),
        (Handle(3), "Handle"),
        (np.ma.ones(2), "MaskedArray"),
    ],
)
def test_only_arrays_are_arrays(got, described):
    found = mismatch(got, np.ones(2))
    assert (found.kind, found.status) == ("bad_item", "bad_output")
    assert found.values["got"] == described
    assert found.values["expected"] == (2,)


@pytest.mark.parametrize("got", [1.5, np.float64(1.5), np.array(1.5)])
def test_a_number_may_come_in_any_of_its_forms(got):
    assert_close(got, 1.5, what="loss")
    assert mismatch(got, 1.4).kind == "value"


@pytest.mark.parametrize("got", [True, 1, 1j, "1"])
def test_a_number_is_a_float(got):
    assert mismatch(got, 1.0).kind in ("bad_item", "dtype")


@pytest.mark.parametrize("shape", [(2,), (3, 2), (2, 3, 1), (1, 1, 2, 3), (6,), ()])
def test_another_shape_is_told_before_the_values(shape):
    found = mismatch(np.zeros(shape), np.ones((2, 3)))
    assert found.kind == "shape"
    assert (found.values["got"], found.values["expected"]) == (shape, (2, 3))


def test_shapes_are_not_broadcast():
    assert not is_close(np.ones(()), np.ones(3))
    assert not is_close(np.ones((3, 1)), np.ones((3, 3)))
    assert not is_close(np.ones(0), np.ones(3))
    assert not is_close(np.ones(3), np.ones(0))


def test_a_row_in_place_of_a_vector_passes_with_a_note():
    with compare.logging() as log:
        assert_close(np.ones((1, 3)), np.ones(3), what="dgamma")
    assert log.notes == [
        ("note_shape", {"what": "dgamma", "got": (1, 3), "expected": (3,)}),
    ]
    assert mismatch(np.zeros((1, 3)), np.ones(3)).kind == "value"


def test_float64_in_place_of_float32_passes_with_a_note():
    with compare.logging() as log:
        assert_close(np.ones(2), np.ones(2, np.float32), what="out")
    assert log.notes == [("note_float64", {"what": "out"})]


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int64, np.bool_, np.complex128])
def test_another_dtype_is_told_before_the_values(dtype):
    found = mismatch(np.zeros(2, dtype), np.ones(2))
    assert found.kind == "dtype"
    assert (found.values["got"], found.values["expected"]) == (np.dtype(dtype), np.dtype(float))


def test_the_first_thing_wrong_is_told():
    nan = np.full((3, 1), np.nan, np.float32)
    assert mismatch([nan], np.ones(3)).kind == "bad_item"
    assert mismatch(nan, np.ones(3)).kind == "shape"
    assert mismatch(nan[:, 0], np.ones(3)).kind == "dtype"
    assert mismatch(nan[:, 0].astype(float), np.ones(3)).kind == "nonfinite"
    assert mismatch(np.zeros(3), np.ones(3)).kind == "value"


def test_the_worst_element_is_shown():
    found = mismatch(np.array([[1.0, 2.0], [3.5, 4.1]]), np.array([[1.0, 2.0], [3.0, 4.0]]))
    assert found.values["index"] == "[1, 0]"
    assert (found.values["got"], found.values["expected"]) == ("3.5", "3")
    assert found.values["count"] == 2
    assert found.error == pytest.approx(0.5 / 6.5)


@given(st.floats(1e-3, 1e3), st.floats(1e-6, 1.0))
def test_two_different_numbers_are_shown_differently(x, factor):
    other = x * (1 + factor)
    found = mismatch(np.array([x]), np.array([other]))
    assert found.values["got"] != found.values["expected"]
    assert float(found.values["got"]) == pytest.approx(x, rel=1e-3)


def test_the_error_is_relative_to_the_element_or_to_the_arrays_scale():
    tolerance = Tolerance("for this test", 0.1, 0.5, "")
    expected = np.array([10.0, 1.0, 0.0])
    errors = compare.relative_errors(np.array([11.0, 1.5, 1.0]), expected, tolerance)
    np.testing.assert_allclose(errors, [1 / 21, 0.5 / 5, 1 / 5])


def test_cs231ns_error_where_the_scale_does_not_matter():
    tolerance = Tolerance("for this test", 0.1, 0.0, "")
    errors = compare.relative_errors(
        np.array([1.0, 0.0, 1e-9]), np.array([3.0, 0.0, 0.0]), tolerance
    )
    np.testing.assert_allclose(errors, [2 / 4, 0.0, 1e-9 / 1e-8])


@pytest.mark.parametrize("tolerance", TOLERANCES, ids=lambda tolerance: tolerance.name)
def test_a_tolerance_accepts_up_to_its_bound(tolerance):
    expected = np.array([1.0, -1.0])
    for factor, accepted in ((0.9, True), (1.1, False)):
        # |got - expected| / (|got| + |expected|), with got a little larger than expected
        off = 1 + factor * tolerance.relative * max(2, tolerance.scale)
        assert is_close(expected * off, expected, tolerance) is accepted


def test_tolerances_are_named_and_give_reasons():
    assert len(TOLERANCES) >= 5
    assert len({tolerance.name for tolerance in TOLERANCES}) == len(TOLERANCES)
    assert all(tolerance.reason for tolerance in TOLERANCES)


def test_float32_is_compared_without_losing_the_difference():
    near = np.nextafter(np.float32(1), np.float32(2))
    errors = compare.relative_errors(
        np.array([near]), np.array([1], np.float32), compare.SINGLE_PRECISION
    )
    assert errors.dtype == np.float64
    assert 0 < errors[0] < 1e-6


def test_the_place_is_part_of_the_message():
    found = mismatch(np.zeros(1), np.ones(1), where="step 3")
    assert found.values["where"] == "step 3, "
    assert found.values["what"] == "out"
    assert mismatch(np.zeros(1), np.ones(1)).values["where"] == ""


def test_comparisons_and_notes_are_logged_inside_the_block_only():
    note("before")
    with compare.logging() as log:
        assert_close(np.ones(2), np.ones(2), what="a", where="step 1")
        with pytest.raises(Mismatch):
            assert_close(np.zeros(2), np.ones(2), what="b")
        note("once", what="b")
        note("once", what="b")
        is_close(np.zeros(2), np.ones(2))  # not a comparison of the check
    assert_close(np.ones(2), np.ones(2), what="c")
    assert [observation.what for observation in log.observations] == ["step 1, a", "b"]
    np.testing.assert_array_equal(log.observations[1].got, np.zeros(2))
    assert log.notes == [("once", {"what": "b"})]


def test_blocks_may_lie_inside_each_other():
    with compare.logging() as outer:
        with compare.logging() as inner:
            note("inner")
        note("outer")
    assert (inner.notes, outer.notes) == ([("inner", {})], [("outer", {})])


@pytest.mark.parametrize(
    ("got", "observed"),
    [
        (None, 0),
        ("text", 0),
        (np.float64(1.0), 0),
        (np.ones(3), 1),
        (np.ones(2, complex), 1),
        (np.full(2, np.nan), 1),
    ],
    ids=repr,
)
def test_every_array_is_observed_and_nothing_else(got, observed):
    """A diagnosis compares wrong shapes, too."""
    with compare.logging() as log:
        assert not is_close(got, np.ones(2))
        with pytest.raises(Mismatch):
            assert_close(got, np.ones(2), what="out", where="step 1")
    assert [(each.what, each.got is got) for each in log.observations] == [
        ("step 1, out", True)
    ] * observed


def test_an_observation_holds_what_was_expected():
    with compare.logging() as log:
        assert_close(np.ones(2), np.ones(2), what="out")
    assert log.observations[0].expected.tolist() == [1.0, 1.0]


def test_a_shape_with_one_row_too_many_is_observed_as_it_is_and_accepted():
    with compare.logging() as log:
        assert_close(np.ones((1, 2)), np.ones(2), what="out")
    assert log.observations[0].got.shape == (1, 2)
    assert log.notes == [("note_shape", {"what": "out", "got": (1, 2), "expected": (2,)})]


def test_the_steps_of_an_update_are_logged():
    compare.tell_steps([(np.zeros(2), np.ones(2))])  # nobody listens
    with compare.logging() as log:
        assert log.steps == []
        compare.tell_steps([(np.zeros(2), np.ones(2))])
        compare.tell_steps([(np.ones(2), np.ones(2))])
    ((got, expected),) = log.steps
    assert (got.tolist(), expected.tolist()) == ([1, 1], [1, 1])


def test_a_check_can_fail_in_its_own_words():
    with pytest.raises(Mismatch) as caught:
        fail("Nothing was dropped.")
    assert (caught.value.kind, caught.value.values) == ("text", {"text": "Nothing was dropped."})
    assert (caught.value.status, caught.value.mistake) == ("failed", "")


def test_a_check_can_name_the_mistake_that_it_sees():
    with pytest.raises(Mismatch) as caught:
        fail("Nothing was dropped.", mistake="keeps-everything")
    assert caught.value.mistake == "keeps-everything"


@pytest.mark.parametrize("got", [np.zeros(3), np.zeros((2, 2), int), 0.5, np.float32(0.5)])
def test_what_others_can_be_compared_with(got):
    require_array(got, np.zeros(3), "dx")


@pytest.mark.parametrize("got", [None, "0.5", [[1.0], [2.0, 3.0]], (0.5,), {}, Opaque("Mine")])
def test_what_nothing_can_be_compared_with_is_bad_output(got):
    with pytest.raises(Mismatch) as caught:
        require_array(got, np.zeros(3), "dx")
    assert (caught.value.kind, caught.value.status) == ("bad_item", "bad_output")
