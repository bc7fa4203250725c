"""Forged and damaged frames: a WireError or a value, in bounded memory, and nothing else.

What a decoded value may then hold, `read_results` has to take: a result or the student's fault.
"""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.student import wire
from grader.student.calls import Call, Returned, read_results
from grader.student.faults import StudentFault
from grader.student.wire import Handle, Opaque, Ref, WireError

MANY = settings(max_examples=400)
UNFOLDED = 80 << 20  # bytes that the largest header may take, whatever it holds

# A reply as the student process makes it: what is most worth forging.
REPLY = [
    {
        "status": "returned",
        "value": [np.arange(6.0).reshape(2, 3), Handle(3)],
        "changed": [[1, {"learning_rate": 0.1, "velocity": np.zeros(3, np.float32), "t": 3}]],
        "modified": [0],
        "aliased": [],
        "found_in": "work.py",
    },
    {
        "status": "raised",
        "type": "ValueError",
        "text": "no, not this",
        "frames": [["work.py", 3, "f", "return x[5]"]],
    },
]
CALLS = [
    Call("work.py", "f", (np.zeros(2), {"a": 1}), returns=2, keep=(1,), may_change=(1,)),
    Call("work.py", "g", (), returns=1),
]
FRAME = wire.pack(REPLY)


def split(frame):
    """The header and the body of a frame."""
    _, size, _ = wire.PREFIX.unpack(frame[: wire.PREFIX.size])
    return frame[wire.PREFIX.size :][:size], frame[wire.PREFIX.size + size :]


def joined(header, body):
    return bytearray(wire.PREFIX.pack(wire.MAGIC, len(header), len(body)) + header + body)


def value_or_error(frame):
    """The value of a frame, or None for a WireError; anything else fails the test."""
    try:
        return wire.unpack(frame)
    except WireError:
        return None


HEADER, BODY = split(FRAME)
literals = st.sampled_from(
    [
        *("0", "-1", "1", "2", "1e999", "-1e999", "NaN", "Infinity", "1.5", "-0", "null", "true"),
        *("[]", "{}", '""', '"<f8"', "[[]]", '{"t":[]}', '{"h":1}', '{"o":""}', '{"t":1,"t":[]}'),
        *('{"a":["<f8",[0],0,"C"]}', '{"s":["<f8",0]}', '"\\ud800"', '"\\u0000"', "9" * 5000),
        *("9223372036854775808", "-" + "9" * 400, "[" * 1100, '{"t":' * 30, "\ud800"),
    ]
)


@MANY
@given(st.data())
def test_an_edited_header_is_a_value_or_an_error(data):
    """Cut anywhere, and anything put in: numbers of every kind, nesting, tags, half a string."""
    header = HEADER.decode()
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(header)))
        end = data.draw(st.integers(start, min(start + 12, len(header))))
        header = header[:start] + data.draw(literals | st.text(max_size=3)) + header[end:]
    value = value_or_error(joined(header.encode("utf-8", "surrogatepass"), BODY))
    judged(value)


def values_in(tree, path=()):
    """The places of all values in a JSON tree."""
    yield path
    if isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from values_in(item, (*path, index))
    elif isinstance(tree, dict):
        for key in tree:
            yield from values_in(tree[key], (*path, key))


def replaced(tree, path, new):
    if not path:
        return new
    copy = list(tree) if isinstance(tree, list) else dict(tree)
    copy[path[0]] = replaced(tree[path[0]], path[1:], new)
    return copy


TREE = json.loads(HEADER)
PLACES = list(values_in(TREE))
numbers = st.sampled_from(
    [
        *(0, 1, -1, 2, 8, 2**31, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30),
        *(0.0, -0.0, 1.5, 1e308, float("inf"), float("-inf"), float("nan")),
    ]
)
odd = (
    numbers
    | st.booleans()
    | st.none()
    | st.text(max_size=3)
    | st.sampled_from(["<f8", "<f4", "|b1", "O", "C", "F", "S", "returned", "raised", "absent"])
    | st.lists(numbers, max_size=4)
    | st.dictionaries(st.sampled_from("tdasyhro"), numbers | st.lists(numbers, max_size=4))
    | st.sampled_from([[], {}, {"t": []}, {"d": {}}, {"y": [0, 16]}, {"a": ["<f8", [2], 0, "C"]}])
)


@MANY
@given(st.lists(st.tuples(st.integers(0, len(PLACES) - 1), odd), min_size=1, max_size=3))
def test_any_value_anywhere_in_a_reply(changes):
    """The JSON stays valid; a length, an offset, a dtype, a tag or a field is something else."""
    tree = TREE
    for place, new in changes:
        try:
            tree = replaced(tree, PLACES[place], new)
        except (KeyError, IndexError, TypeError, ValueError):
            continue  # an earlier change took that place away
    judged(value_or_error(joined(json.dumps(tree).encode(), BODY)))


@MANY
@given(st.data())
def test_flipped_bits_and_moved_lengths(data):
    frame = bytearray(FRAME)
    for _ in range(data.draw(st.integers(1, 5))):
        frame[data.draw(st.integers(0, len(frame) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    if data.draw(st.booleans()):  # another border between header and body
        border = data.draw(st.integers(0, len(FRAME) - wire.PREFIX.size))
        rest = len(FRAME) - wire.PREFIX.size - border
        frame[: wire.PREFIX.size] = wire.PREFIX.pack(wire.MAGIC, border, rest)
    judged(value_or_error(frame))


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        (b"[],", b"0]"),
        (b"[[]],", b"0]"),
        (b'{"a":{}},', b"0]"),
        (b'{"t":[]},', b"0]"),
        (b'{"d":{}},', b"0]"),
        (b'{"d":{"a":0}},', b"0]"),
        (b'{"o":"x"},', b"0]"),
        (b'{"h":1},', b"0]"),
        (b'{"r":[1,1]},', b"0]"),
        (b'{"y":[0,0]},', b"0]"),
        (b'{"a":["<f8",[0],0,"C"]},', b"0]"),
        (b'{"a":["<f8",[0,1,1,1,1,1,1,1],0,"S"]},', b"0]"),
        (b'{"s":["<f8",0]},', b"0]"),
        (b'"",', b"0]"),
        (b'"\\ud83d\\ude00\\u1234",', b"0]"),
        (b"1e9,", b"0]"),
        (b"99999999999,", b"0]"),
        (b"[" * 20 + b"]" * 20 + b",", b"0]"),
        (b"[", b""),
    ],
)
def test_no_header_unfolds_into_much_memory(piece, end, monkeypatch):
    """The largest headers there can be, of whatever takes the most memory for its length.

    To be quick, an eighth of everything.
    """
    for cap in ("MAX_HEADER", "MAX_NODES", "MAX_BRACKETS"):
        monkeypatch.setattr(wire, cap, getattr(wire, cap) // 8)
    room = wire.MAX_HEADER - 16
    for count in (room // len(piece), wire.MAX_BRACKETS // max(piece.count(b"["), 1) // 2):
        frame = joined(b"[" + piece * min(count, room // len(piece)) + end, bytes(16))
        tracemalloc.start()
        try:
            value_or_error(frame)
            assert tracemalloc.get_traced_memory()[1] < UNFOLDED // 8
        finally:
            tracemalloc.stop()


def test_messages_of_thousands_of_calls_are_far_from_the_caps():
    """As numeric gradients and training need them."""
    config = {"learning_rate": 1e-3, "beta1": 0.9, "m": np.zeros(4), "v": np.zeros(4), "t": 3}
    request = [
        {
            "file": "normalization.py",
            "function": "a_function_with_a_long_name",
            "arguments": [np.zeros((3, 4)), Ref(3, 1), Handle(3), config],
            "returns": 3,
            "keep": [1],
            "may_change": [2],
        }
    ] * 2000
    reply = [{**REPLY[0], "value": [np.zeros(3)] * 3, "changed": [[3, config]]}] * 2000
    for message in (request, reply):
        frame = wire.pack({"op": "run", "calls": message})
        assert len(wire.unpack(frame)["calls"]) == 2000


# What the parent makes of a decoded answer.


def judged(value):
    """Read a value as the student process's answer: a result, or the student's fault."""
    try:
        results = read_results(value, CALLS)
    except StudentFault:
        return
    for result, call in zip(results, CALLS, strict=True):
        assert type(result) is Returned
        assert len(result.items) == call.returns
        assert all(type(name) is int for name in (*result.changed, *result.modified))


def test_what_is_forged_here_is_what_the_process_sends():
    with pytest.raises(StudentFault) as caught:
        read_results(wire.unpack(FRAME), CALLS)
    assert (caught.value.function, caught.value.reason) == ("g", "raised")
    assert len(read_results(wire.unpack(wire.pack(REPLY[:1])), CALLS[:1])) == 1


carried = st.recursive(
    odd
    | st.builds(Handle, st.integers(-1, 3))
    | st.builds(Ref, st.integers(-1, 3), st.none() | st.integers(-1, 3))
    | st.builds(Opaque, st.text(max_size=3))
    | st.binary(max_size=3)
    | st.sampled_from(
        [
            np.zeros(0),
            np.zeros(1),
            np.zeros((2, 2)),
            np.array(3),
            np.array(True),
            np.float64("nan"),
            np.float32("inf"),
            np.int64(-1),
            np.bool_(True),
            np.complex128(1j),
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(
            st.sampled_from(
                """status value changed modified aliased found_in type text frames got
                file_present other""".split()  # noqa: SIM905
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=8,
)


def spoiled(answer):
    """Answers with one or two fields that are something else, or missing."""
    return st.dictionaries(st.sampled_from(list(answer)), carried, min_size=1, max_size=2).flatmap(
        lambda changes: st.sampled_from(
            [
                {**answer, **changes},
                {key: value for key, value in answer.items() if key not in changes},
            ]
        )
    )


@MANY
@given(
    carried
    | st.lists(carried | spoiled(REPLY[0]) | spoiled(REPLY[1]), max_size=3)
    | st.tuples(st.just(REPLY[0]), spoiled(REPLY[1])).map(list)
)
@example([np.zeros(3), {}])
@example([np.float64(1.0), {}])
@example([REPLY[0], {**REPLY[1], "frames": [["work.py", float("inf"), "f", ""]]}])
@example([REPLY[0], {**REPLY[1], "frames": np.zeros((2, 4))}])
@example([{**REPLY[0], "status": np.zeros(0)}, REPLY[0]])
@example([{**REPLY[0], "status": np.array(["x"]) == "x"}, REPLY[0]])
@example([{**REPLY[0], "modified": [[]]}, REPLY[0]])
@example([{**REPLY[0], "changed": [[[], 1]]}, REPLY[0]])
def test_any_answer_is_a_result_or_the_students_fault(value):
    judged(value)
