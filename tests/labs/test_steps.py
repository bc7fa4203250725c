"""A student's steps beside the right ones."""

import numpy as np
import pytest

from grader.labs.steps import ratios, steps_table, steps_text

RIGHT = [np.array([1.0, -2.0]), np.array([0.5, 4.0])]


def beside(*ours):
    return list(zip(map(np.array, ours), RIGHT, strict=True))


def test_ratios_are_one_number_where_all_entries_agree():
    shown = [str(ratio) for ratio in ratios(beside([3.0, -6.0], [0.5, 2.0]))]
    assert shown == ["3.000", "0.500 to 1.000"]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_has_no_ratio_and_no_path(bad, manifest):
    steps = beside([bad, 1.0], [0.5, 4.0])
    assert ratios(steps)[0] is None
    assert "<svg" not in steps_table(steps, manifest)
    assert "?" in steps_text("q", steps, manifest)


def test_a_step_that_should_be_zero_has_no_ratio():
    assert ratios([(np.ones(2), np.zeros(2))]) == [None]


def test_the_path_is_of_the_weight_that_ends_furthest_off(manifest):
    made = steps_table(beside([1.0, -2.0], [0.5, 9.0]), manifest)
    assert "w[1]" in made
    assert made.count("<tr>") == 3
