"""What is remembered is what would be computed, however far an earlier submission came."""

import numpy as np
import pytest

from grader.manifest import load_manifest
from grader.sources import LiveSource, check_generator


class Counted:
    """A function that counts its calls."""

    def __init__(self, function):
        self.function = function
        self.calls = 0

    def __call__(self, *arguments):
        self.calls += 1
        return self.function(*arguments)


def step(x, config):
    config["count"] = config.get("count", 0) + 1
    return x / config["count"]


@pytest.fixture
def toy_manifest(toy):
    return load_manifest(toy(recorded=False).manifest)


@pytest.fixture
def halve():
    return Counted(step)


@pytest.fixture
def source(toy_manifest, halve):
    return LiveSource({"double": lambda x: 2 * x, "halve": halve}, toy_manifest)


def use(source, seed, steps):
    """Draws, answers and changed arguments of a check that comes as far as `steps`."""
    draws, reference = source.draws("q", "c", seed), source.reference("q", "c", seed=seed)
    config, seen = {}, []
    for _ in range(steps):
        x = draws.standard_normal(3)
        seen += [x.tolist(), reference.halve(x, config).tolist(), dict(config)]
    return seen


def test_an_answer_is_computed_once_for_a_seed(source, halve):
    first = use(source, 7, 3)
    assert use(source, 7, 3) == first
    assert halve.calls == 3


def test_a_check_may_come_further_than_the_one_before(toy_manifest, source, halve):
    use(source, 7, 1)
    fresh = LiveSource({"halve": step}, toy_manifest)
    assert use(source, 7, 3) == use(fresh, 7, 3)
    assert halve.calls == 3


def test_draws_are_the_generators(source):
    generator = check_generator(7, "q", "c")
    expected = [generator.integers(10, size=4).tolist(), generator.random()]
    for _ in range(2):
        draws = source.draws("q", "c", 7)
        assert [draws.integers(10, size=4).tolist(), draws.random()] == expected


def test_another_seed_has_other_inputs(source, halve):
    assert use(source, 7, 1) != use(source, 8, 1)
    assert use(source, 7, 1) == use(source, 7, 1)
    assert halve.calls == 3  # 7, 8, and 7 again: one seed is remembered at a time


def test_the_reference_alone_turns_to_another_seed_too(source):
    seven, eight = (source.reference("q", "c", seed=seed) for seed in (7, 8))
    assert seven.double(1.0) == 2.0
    assert eight.double(3.0) == 6.0


def test_who_changes_what_was_given_changes_nothing_for_others(source):
    draws, reference = source.draws("q", "c", 7), source.reference("q", "c", seed=7)
    x = draws.standard_normal(3)
    before = x.copy()
    config = {}
    reference.halve(x, config)[:] = 0
    x[:] = 0
    config["count"] = 99
    reference.computed(lambda functions: [functions.double(before)])[0][:] = 0
    draws, reference = source.draws("q", "c", 7), source.reference("q", "c", seed=7)
    config = {}
    np.testing.assert_array_equal(draws.standard_normal(3), before)
    np.testing.assert_array_equal(reference.halve(before, config), before)
    assert config == {"count": 1}
    (doubled,) = reference.computed(lambda functions: pytest.fail("it was computed before"))
    np.testing.assert_array_equal(doubled, 2 * before)
