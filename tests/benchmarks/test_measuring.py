"""What the benchmarks share: ratios and their bars, rounds in turn, the table. No clock."""

import sys

import pytest

from benchmarks import measuring
from benchmarks.measuring import Measurement, MeasuringError, Ratio


def measurement(ratios, **values):
    return Measurement("row", "A row", "s", values, ratios)


def test_a_ratio_is_taken_within_each_round():
    """The machine was ten times slower in the last round, which changes no ratio."""
    (ratio,) = measurement(
        [Ratio("peer", "ours")], peer=[6.0, 9.0, 70.0], ours=[2.0, 3.0, 20.0]
    ).as_dict()["ratios"]
    assert ratio["median"] == 3.0
    assert ratio["quartiles"] == [3.0, 3.25]
    assert ratio["rounds"] == 3
    assert ratio["holds"] is None


@pytest.mark.parametrize(
    ("bar", "value", "holds"),
    [
        ({"at_least": 6}, 6.0, True),
        ({"at_least": 6}, 5.9999, False),
        ({"at_most": 1.1}, 1.1, True),
        ({"at_most": 1.1}, 1.10001, False),
        ({"aim": 20}, 30.0, None),
    ],
)
def test_a_bar_is_held_as_measured_not_as_rounded(bar, value, holds):
    (ratio,) = measurement([Ratio("a", "b", **bar)], a=[value], b=[1.0]).as_dict()["ratios"]
    assert ratio["holds"] is holds
    assert {name: ratio[name] for name in bar} == bar


def test_one_round_has_no_spread():
    sides = measurement([], only=[2.5]).as_dict()["sides"]
    assert sides == {"only": {"median": 2.5, "quartiles": [2.5, 2.5], "rounds": 1}}


def test_sides_of_different_length_make_no_ratio():
    with pytest.raises(ValueError, match="zip"):
        measurement([Ratio("a", "b")], a=[1.0, 2.0], b=[1.0]).as_dict()


def test_sides_take_turns_and_change_places():
    order = []

    def side(name):
        return lambda: order.append(name) or len(order)

    found = measuring.in_turn({"a": side("a"), "b": side("b")}, rounds=2, warm_up=1)
    assert "".join(order) == "ba" + "ab" + "ba"
    assert found == {"a": [3, 6], "b": [4, 5]}


def test_the_table_names_bars_and_whether_they_are_met():
    found = measurement(
        [Ratio("peer", "ours", at_least=6, aim=9), Ratio("ours", "peer", at_most=0.1)],
        peer=[14.0],
        ours=[2.0],
    ).as_dict()
    lines = measuring.table(found).splitlines()
    assert lines[0] == "A row"
    assert "peer / ours: 7 (7 .. 7), at least 6, aim 9: met" in lines
    assert "ours / peer: 0.143 (0.143 .. 0.143), at most 0.1: NOT MET" in lines


def test_a_command_that_fails_is_no_measurement():
    with pytest.raises(MeasuringError, match=r"ended with 3:\nno luck$"):
        measuring.run([sys.executable, "-c", "print('no luck'); raise SystemExit(3)"])


def test_what_was_measured_is_kept(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(measuring, "ROOT", tmp_path)
    monkeypatch.setattr(measuring, "RESULTS", tmp_path / "results")
    measuring.finish(measurement([], only=[2.5]))
    assert (tmp_path / "results" / "row.json").is_file()
    assert "kept in" in capsys.readouterr().out
