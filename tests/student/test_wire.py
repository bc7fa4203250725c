"""The wire: what goes in comes out, and nothing malformed does."""

import contextlib
import json
import random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.student import wire
from grader.student.wire import Handle, Opaque, Ref, WireError

DTYPES = sorted(wire.DTYPES)
arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0))
)
scalars = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, ()).map(lambda array: array[()])
)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text()
    | st.binary(max_size=40)
    | st.builds(Handle, st.integers(0, 2**31))
    | st.builds(Ref, st.integers(0, 100), st.none() | st.integers(0, 5))
    | st.builds(Opaque, st.text(max_size=20))
    | scalars
    | arrays
)
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def frame_of(tree, body=b""):
    """A frame as someone would forge it: any header, any body."""
    header = json.dumps(tree).encode()
    return bytearray(wire.PREFIX.pack(wire.MAGIC, len(header), len(body)) + header + body)


def there_and_back(value):
    return wire.unpack(bytearray(wire.pack(value)))


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    return a == b or (isinstance(a, float) and a != a and b != b)


@given(values)
def test_what_goes_in_comes_out(value):
    assert same(there_and_back(value), value)


@pytest.mark.parametrize(
    "x",
    [
        np.arange(12.0).reshape(3, 4),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(12.0).reshape(3, 4).T,
        np.arange(24.0).reshape(3, 8)[:, ::2],
        np.arange(24.0).reshape(8, 3)[::2],
        np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2),
        np.arange(6.0)[::-1],
    ],
    ids=["C", "Fortran", "transposed", "columns", "rows", "axes swapped", "backwards"],
)
def test_the_kind_of_memory_layout_travels(x):
    got = there_and_back(x)
    np.testing.assert_array_equal(got, x)
    assert got.flags.c_contiguous == x.flags.c_contiguous
    assert got.flags.f_contiguous == x.flags.f_contiguous


def test_arrays_arrive_writable_and_on_their_own():
    a, b = there_and_back([np.zeros(3), np.zeros(3)])
    a += 1
    np.testing.assert_array_equal(b, np.zeros(3))


class Strange:
    """Has no encoding."""


class Floats(np.ndarray):
    """Not an array that the wire carries: it could bring its own comparisons."""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Strange(), "Strange"),
        (np.zeros(2).view(Floats), "Floats"),
        (np.array([None, 1], dtype=object), "an array of object"),
        (np.array(["a"]), "an array of str32"),
        (np.zeros(2, [("a", float)]), "an array of void64"),
        (np.zeros((1,) * 9), "an array of 9 dimensions"),
        ({1: 2}, "dict"),
        ({"a", "b"}, "set"),
        (1 << 63, "a very large int"),
        (1j, "complex"),
        (print, "builtin_function_or_method"),
    ],
)
def test_what_has_no_encoding_is_named(value, told):
    assert there_and_back([value]) == [Opaque(told)]


def test_nesting_beyond_the_limit_is_cut_off_not_refused():
    value = []
    for _ in range(200):
        value = [value]
    there_and_back(value)  # raises if it cannot be read back
    assert b"deeply nested" in wire.pack(value)


def test_a_value_that_holds_itself_is_cut_off():
    value = {}
    value["itself"] = value
    assert b"deeply nested" in wire.pack(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_wire_error(data):
    with pytest.raises(WireError):
        wire.unpack(data)


@given(st.data(), values)
def test_a_damaged_frame_is_an_error_or_another_value(data, value):
    frame = bytearray(wire.pack(value))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(WireError):  # anything else fails the test
        wire.unpack(frame)


@given(values, st.integers(1, 60))
def test_a_frame_cut_short_or_too_long_is_refused(value, count):
    frame = wire.pack(value)
    for wrong in (frame[:-count], frame + bytes(count)):
        with pytest.raises(WireError):
            wire.unpack(wrong)


lengths = st.integers(-2, 4) | st.sampled_from([2**29, 2**31, 2**62, 2**63, 2**80])
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("tdasyhroz"), inner, max_size=2)
        | st.tuples(
            st.sampled_from([*DTYPES, "O", "<U3", "V8", ">f8", "", "f8,f8"]),
            st.lists(lengths, max_size=10),
            lengths,
            st.sampled_from(["C", "F", "S", "", "CF"]),
        ).map(lambda array: {"a": list(array)})
        | st.tuples(lengths, lengths).map(lambda pair: {"y": list(pair)})
        | st.tuples(st.sampled_from(DTYPES), lengths).map(lambda pair: {"s": list(pair)})
    ),
    max_leaves=10,
)


@given(trees, st.binary(max_size=64))
def test_a_forged_header_is_an_error_or_a_value(tree, body):
    try:
        value = wire.unpack(frame_of(tree, body))
    except WireError:
        return  # anything else fails the test
    wire.pack(value)


HUGE = [1 << 29] * 7


@pytest.mark.parametrize("layout", ["C", "F", "S"])
@pytest.mark.parametrize("shape", [[*HUGE, 0], [0, *HUGE]])
def test_an_empty_array_of_impossible_shape_is_a_wire_error(shape, layout):
    with pytest.raises(WireError):
        wire.unpack(frame_of({"a": ["<f8", shape, 0, layout]}))


def test_a_small_frame_cannot_unfold_into_a_large_value():
    body = bytes(1 << 20)
    for item in ({"a": ["|u1", [1 << 20], 0, "S"]}, {"y": [0, 1 << 20]}):
        with pytest.raises(WireError):
            wire.unpack(frame_of([item] * 64, body))


def test_no_text_comes_back_with_lone_surrogates():
    forged = frame_of(["\udc80", {"d": {"\udc80": 1}}, {"o": "\udc80"}])
    text, mapping, opaque = wire.unpack(forged)
    for string in (text, *mapping, opaque.type_name):
        string.encode()  # raises if it could not be written into a report


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"a": 1, "t": []},
        {"z": 1},
        {"t": 3},
        {"d": ["a"]},
        {"d": [["a", 1]]},
        {"h": "1"},
        {"h": True},
        {"r": [1]},
        {"r": [1, "0"]},
        {"o": 3},
        {"s": ["<f8", 0]},
        {"s": ["O", 0]},
        {"y": [0, 1]},
        {"y": [-1, 0]},
        {"a": ["|O", [1], 0, "C"]},
        {"a": ["<f8", [1], 0, "C"]},
        {"a": ["<f8", [-1], 0, "C"]},
        {"a": ["<f8", [-1, -1], 0, "C"]},
        {"a": ["<f8", [0] * 9, 0, "C"]},
        {"a": ["<f8", [0], 0, "X"]},
        {"a": ["<f8", [True], 0, "C"]},
        {"a": ["<f8", [0.0], 0, "C"]},
        {"a": ["<f8", [0], -8, "C"]},
        1 << 63,
        -(1 << 63) - 1,
    ],
    ids=repr,
)
def test_forms_that_nothing_encodes_to_are_refused(tree):
    with pytest.raises(WireError):
        wire.unpack(frame_of(tree))


def test_too_deep_and_too_many_are_refused():
    deep = None
    for _ in range(wire.MAX_DEPTH + 2):
        deep = [deep]
    for tree in (deep, [0] * (wire.MAX_NODES + 1)):
        with pytest.raises(WireError):
            wire.unpack(frame_of(tree))


def test_a_header_nested_deeper_than_python_reads_is_refused():
    header = b"[" * 100_000 + b"]" * 100_000
    frame = wire.PREFIX.pack(wire.MAGIC, len(header), 0) + header
    with pytest.raises(WireError):
        wire.unpack(frame)


def test_sizes_are_refused_before_anything_is_read():
    for header, body in ((wire.MAX_HEADER + 1, 0), (0, wire.MAX_BODY + 1), (2**32 - 1, 2**64 - 1)):
        with pytest.raises(WireError):
            wire.frame_size(wire.PREFIX.pack(wire.MAGIC, header, body))
    with pytest.raises(WireError):
        wire.frame_size(wire.PREFIX.pack(b"HTTP", 1, 1))
    largest = wire.PREFIX.pack(wire.MAGIC, wire.MAX_HEADER, wire.MAX_BODY)
    assert wire.frame_size(largest) == wire.MAX_HEADER + wire.MAX_BODY


def test_a_message_too_large_to_send_is_refused_by_the_sender(monkeypatch):
    monkeypatch.setattr(wire, "MAX_BODY", 1000)
    wire.pack(np.zeros(100))
    with pytest.raises(WireError, match="too large"):
        wire.pack(np.zeros(200))


@given(st.integers(0, 2**32))
@example(0)
def test_the_frame_says_how_long_it_is(seed):
    shape = random.Random(seed).choices(range(4), k=3)
    frame = wire.pack({"x": np.zeros(shape), "y": "é" * shape[0]})
    assert wire.frame_size(frame[: wire.PREFIX.size]) == len(frame) - wire.PREFIX.size
