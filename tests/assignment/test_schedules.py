"""Schedules: the documented formulas at chosen moments, and one sentence for wrong arguments."""

import math

import pytest

from assignment.schedules import constant, cosine, exponential, one_over_t, step

CASES = [
    (constant(), [(0, 1), (0.5, 1), (1000, 1)]),
    (step(drop=0.5, every=10), [(0, 1), (9.99, 1), (10, 0.5), (19.99, 0.5), (20, 0.25)]),
    (step(drop=0.1, every=0.5), [(0.49, 1), (0.5, 0.1), (1.0, 0.01)]),
    (exponential(decay=0.9), [(0, 1), (1, 0.9), (0.5, math.sqrt(0.9)), (2, 0.81)]),
    (one_over_t(rate=0.5), [(0, 1), (2, 0.5), (6, 0.25)]),
    (cosine(total_epochs=8), [(0, 1), (4, 0.5), (2, (1 + math.sqrt(0.5)) / 2), (8, 0), (9, 0)]),
    (cosine(total_epochs=8, final=0.2), [(0, 1), (4, 0.6), (8, 0.2), (100, 0.2)]),
]


@pytest.mark.parametrize(("schedule", "values"), CASES)
def test_follows_its_formula(schedule, values):
    for progress, expected in values:
        multiplier = schedule(progress)
        assert type(multiplier) is float
        assert multiplier == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("factory", [step, exponential, one_over_t, lambda: cosine(50)])
def test_starts_at_one_and_never_grows(factory):
    multipliers = [factory()(progress / 7) for progress in range(400)]
    assert multipliers[0] == 1
    assert multipliers == sorted(multipliers, reverse=True)
    assert multipliers[-1] < 0.5


@pytest.mark.parametrize(
    ("factory", "arguments", "name"),
    [
        (step, {"drop": 0}, "drop"),
        (step, {"drop": 1.5}, "drop"),
        (step, {"every": 0}, "every"),
        (step, {"every": math.inf}, "every"),
        (exponential, {"decay": -0.1}, "decay"),
        (exponential, {"decay": math.nan}, "decay"),
        (one_over_t, {"rate": -1}, "rate"),
        (cosine, {"total_epochs": 0}, "total_epochs"),
        (cosine, {"total_epochs": 5, "final": 2}, "final"),
    ],
)
def test_wrong_arguments_are_named(factory, arguments, name):
    with pytest.raises(ValueError, match=f"^{name} must be "):
        factory(**arguments)
