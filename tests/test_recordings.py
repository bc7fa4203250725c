"""The files of recorded answers: written, read back, compared, and never trusted."""

import contextlib
import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.recordings import (
    Mistake,
    Pair,
    Recording,
    RecordingError,
    Tape,
    Variant,
    Witness,
    differences,
    differences_of_pairs,
    frozen,
    pack,
    pack_pairs,
    pairs_path_of,
    path_of,
    read,
    read_pairs,
)
from grader.student import wire

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def make():
    """Makes the same recording each time it is called."""

    def recording():
        rng = np.random.default_rng(231)
        answer = {"items": [rng.standard_normal(3), None], "changed": [[1, {"t": 1}]]}
        tape = Tape(
            [rng.standard_normal((2, 3)), 5, 0.25],
            [answer, 3.5, np.float32(0.5)],
            {"other-form": [rng.standard_normal(2), 3.25]},
        )
        witnesses = {
            "follows": Witness(1, rng.standard_normal(3)),
            "edge": Witness(0, np.zeros(0), "adjust: KeyError: 't'"),
        }
        mistake = Mistake("left-out", "adjust", "it is left out", "Look.", True, True, witnesses)
        second = Mistake("doubled", "adjust", "it is doubled", "Count.", True)
        variant = Variant("other-form", "adjust", "Another form. Accepted.")
        both = {"follows": Witness(0, rng.standard_normal(3)), "edge": witnesses["edge"]}
        pair = Pair(mistake, second, both)
        tapes = {"follows": tape, "edge": Tape()}
        return Recording(tapes, [mistake, second], [variant], [pair])

    return recording


def test_a_questions_file_is_called_after_it():
    assert path_of(Path("expected"), "adjust") == Path("expected") / "adjust.frame"


def test_what_is_written_is_read_back(make, tmp_path):
    path = tmp_path / "adjust.frame"
    path.write_bytes(pack(make()))
    got = read(path)
    assert differences(make(), got, 0.0) == []
    assert list(got.tapes) == ["follows", "edge"]
    mistake, _ = got.mistakes
    assert (mistake.id, mistake.function) == ("left-out", "adjust")
    assert (mistake.follow_through, mistake.charged_once) == (True, True)
    witness = mistake.witnesses["follows"]
    assert witness.position == 1
    np.testing.assert_array_equal(witness.got, make().mistakes[0].witnesses["follows"].got)
    assert (witness.fault, mistake.witnesses["edge"].fault) == ("", "adjust: KeyError: 't'")
    assert got.variants == [Variant("other-form", "adjust", "Another form. Accepted.")]
    form = got.tapes["follows"].variants["other-form"]
    assert form[0].tolist() == make().tapes["follows"].variants["other-form"][0].tolist()


def test_pairs_are_written_apart_and_read_back(make, tmp_path):
    assert b"doubled" in pack_pairs(make())
    assert pack(make()) == pack(dataclasses.replace(make(), pairs=[]))
    path = pairs_path_of(tmp_path, "adjust")
    assert path == tmp_path / "adjust.pairs.frame"
    path.write_bytes(pack_pairs(make()))
    (pair,) = read_pairs(path, make().mistakes)
    assert (pair.id, pair.function) == ("left-out+doubled", "adjust")
    assert differences_of_pairs(make(), dataclasses.replace(make(), pairs=[pair]), 0.0) == []
    for check, witness in make().pairs[0].witnesses.items():
        got = pair.witnesses[check]
        assert (got.position, got.fault) == (witness.position, witness.fault)
        np.testing.assert_array_equal(got.got, witness.got)


def test_what_a_pair_gives_like_one_of_the_two_is_not_written_twice(make):
    (pair,) = make().pairs
    own = {check: dataclasses.replace(w) for check, w in pair.witnesses.items()}
    written = dataclasses.replace(make(), pairs=[dataclasses.replace(pair, witnesses=own)])
    assert len(pack_pairs(make())) < len(pack_pairs(written))
    assert b"KeyError" not in pack_pairs(make())


@pytest.mark.parametrize("other", ["pairs", "witness", "order"])
def test_another_pair_is_a_difference(make, other):
    (pair,) = make().pairs
    if other == "pairs":
        changed = []
    elif other == "order":
        changed = [Pair(pair.second, pair.first, pair.witnesses)]
    else:
        witness = Witness(0, pair.witnesses["follows"].got * (1 + 1e-9))
        changed = [dataclasses.replace(pair, witnesses={**pair.witnesses, "follows": witness})]
    assert differences_of_pairs(make(), dataclasses.replace(make(), pairs=changed), 1e-10)


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (True, True)])
def test_a_pair_is_followed_and_charged_once_only_if_both_are(first, second):
    one, other = (Mistake(f"m{n}", "f", "c", "a", n, n) for n in (first, second))
    pair = Pair(one, other)
    assert pair.follow_through is pair.charged_once is (first and second)


def test_the_bytes_are_the_same_each_time(make):
    assert pack(make()) == pack(make())
    assert pack_pairs(make()) == pack_pairs(make())


def change_draw(recording, by):
    recording.tapes["follows"].draws[0][0, 0] += by


def change_answer(recording, by):
    recording.tapes["follows"].answers[0]["items"][0][1] += by


def change_number(recording, by):
    recording.tapes["follows"].answers[1] += by


def change_witness(recording, by):
    recording.mistakes[0].witnesses["follows"].got[2] += by


def change_variant(recording, by):
    recording.tapes["follows"].variants["other-form"][0][1] += by


@pytest.mark.parametrize(
    "change", [change_draw, change_answer, change_number, change_witness, change_variant]
)
def test_a_difference_counts_beyond_the_tolerance(make, change):
    for by, count in ((0.0, 0), (1e-12, 0), (1e-6, 1), (np.nan, 1)):
        other = make()
        change(other, by)
        assert len(differences(make(), other, 1e-10)) == count


def test_a_difference_names_its_place(make):
    other = make()
    change_draw(other, 1.0)
    assert differences(make(), other, 1e-10) == ["/tapes/follows/0/0"]


@pytest.mark.parametrize(
    "change",
    [
        lambda recording: recording.tapes.pop("edge"),
        lambda recording: recording.tapes["edge"].draws.append(1),
        lambda recording: recording.tapes["follows"].draws.__setitem__(1, 6),
        lambda recording: recording.tapes["follows"].draws.__setitem__(1, 5.0),
        lambda recording: recording.tapes["follows"].draws.__setitem__(0, np.zeros((3, 2))),
        lambda recording: recording.tapes["follows"].draws.__setitem__(0, None),
        lambda recording: recording.tapes["follows"].answers.__setitem__(2, np.float64(0.5)),
        lambda recording: recording.tapes["follows"].answers[0].update(more=1),
        lambda recording: recording.mistakes.clear(),
        lambda recording: recording.variants.clear(),
        lambda recording: recording.tapes["follows"].variants.clear(),
        lambda recording: recording.mistakes[0].witnesses.pop("edge"),
    ],
)
def test_any_other_difference_counts(make, change):
    other = make()
    change(other)
    assert differences(make(), other, 1.0)
    assert differences(other, make(), 1.0)


def test_nan_is_the_same_as_nan():
    tapes = [Recording({"a": Tape([np.array([np.nan]), float("nan")])}) for _ in range(2)]
    assert differences(*tapes, 1e-10) == []


def test_float32_may_differ_by_its_own_rounding():
    one, other = (
        Recording({"a": Tape([np.array([value], np.float32)])}) for value in (1.0, 1.000001)
    )
    assert differences(one, other, 1e-10) == []


def test_frozen_is_a_copy_as_the_file_gives_it_back():
    x = np.zeros(2)
    copy = frozen({"x": x, "pair": (1, [2.5])})
    x += 1
    assert copy["x"].tolist() == [0, 0]
    assert copy["pair"] == (1, [2.5])


@pytest.mark.parametrize(
    "value", [object(), [object()], {"a": {1: 2}}, ({"b": print},), np.array([None])]
)
def test_what_the_file_cannot_hold_is_not_recorded(value):
    with pytest.raises(ValueError, match="cannot be recorded"):
        frozen(value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RecordingError, match=r"adjust\.frame.*grader build"):
        read(tmp_path / "adjust.frame")


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(
            st.sampled_from(["tapes", "mistakes", "pairs", "witnesses", "id", "a"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@QUIET
@given(st.binary(max_size=100) | plain.map(wire.pack))
def test_any_other_file_is_an_error(tmp_path, data):
    path = tmp_path / "adjust.frame"
    path.write_bytes(data)
    try:
        recording = read(path)
    except RecordingError:
        return  # anything else fails the test
    assert all(isinstance(tape, Tape) for tape in recording.tapes.values())


@QUIET
@given(st.binary(max_size=100) | plain.map(wire.pack))
def test_any_other_file_of_pairs_is_an_error(make, tmp_path, data):
    path = tmp_path / "adjust.pairs.frame"
    path.write_bytes(data)
    with contextlib.suppress(RecordingError):  # anything else fails the test
        assert read_pairs(path, make().mistakes) == []


@QUIET
@given(st.data())
def test_a_damaged_file_is_an_error_or_another_recording(make, tmp_path, data):
    content = bytearray(pack(make()))
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "adjust.frame"
    path.write_bytes(content)
    with contextlib.suppress(RecordingError):  # anything else fails the test
        found = read(path)
        list(found.mistakes)
        for tape in found.tapes.values():
            dict(tape.variants)


@QUIET
@given(st.data())
def test_a_damaged_file_of_pairs_is_an_error_or_other_pairs(make, tmp_path, data):
    content = bytearray(pack_pairs(make()))
    content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "adjust.pairs.frame"
    path.write_bytes(content)
    with contextlib.suppress(RecordingError):  # anything else fails the test
        read_pairs(path, make().mistakes)
