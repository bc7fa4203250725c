"""Dropout is checked by its laws, which chance could break: how seldom it does, by counting."""

import importlib
import math
from itertools import count

import numpy as np
import pytest

from grader.outcomes import NEUTRAL
from grader.reference import LiveReference
from grader.student.functions import Student
from grader.student.local import LocalRunner

PER_CHECK = 1e-9  # how often a right answer may fail a check


@pytest.fixture
def dropout():
    """The module of the checks."""
    return importlib.import_module("grader.checks.test_dropout")


@pytest.fixture
def checks(dropout):
    """Every check in it, by name."""
    return {
        name: function
        for name, function in vars(dropout).items()
        if name.startswith("test_") and hasattr(function, "pytestmark")
    }


@pytest.fixture
def run(checks, manifest, solution_functions):
    """Runs a check with the solutions, or others in their place: `run(name, seed, functions)`."""

    def once(name, seed=0, functions=()):
        right = {**solution_functions, **dict(functions)}
        available = {
            "student": Student(LocalRunner(right), manifest),
            "reference": LiveReference(solution_functions, manifest),
            "conventions": manifest.conventions,
            "verdicts": NEUTRAL,
            "rng": np.random.default_rng(seed),
        }
        code = checks[name].__code__
        names = code.co_varnames[: code.co_argcount]
        checks[name](**{name: available[name] for name in names})

    return once


@pytest.fixture
def comparisons(checks, run, dropout, monkeypatch):
    """What each check compares with a probability: (probability, n) by the check's name."""
    seen = []
    is_share = dropout.is_share
    monkeypatch.setattr(
        dropout, "is_share", lambda *given: seen.append(given[1:]) or is_share(*given)
    )
    found = {}
    for name in checks:
        seen.clear()
        run(name)
        found[name] = list(seen)
    return found


def tail(probability, n, bound):
    """How likely a share of n units is off by more than the bound, exactly."""
    k = np.arange(n + 1)
    lgamma = np.array([math.lgamma(i + 1) for i in k])
    logs = lgamma[-1] - lgamma - lgamma[::-1]
    logs = logs + k * math.log(probability) + (n - k) * math.log1p(-probability)
    return float(np.exp(logs[np.abs(k / n - probability) > bound]).sum())


def bound_of(dropout, probability, n):
    """The largest deviation that is accepted."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        accepted = dropout.is_share(probability + middle, probability, n)
        low, high = (middle, high) if accepted else (low, middle)
    return low


def test_some_checks_leave_it_to_chance(comparisons):
    probabilistic = {name for name, compared in comparisons.items() if compared}
    assert "test_keeps_the_share" in probabilistic
    assert "test_draws_every_unit_by_itself" in probabilistic
    assert "test_does_nothing_in_test_mode" not in probabilistic


def test_a_right_answer_fails_no_check_more_often_than_is_stated(dropout, comparisons):
    for name, compared in comparisons.items():
        assert len(compared) * dropout.FALSE_ALARM <= PER_CHECK, name


def test_the_bound_keeps_what_it_promises(dropout, comparisons):
    """Exactly, by the binomial distribution, for every share that is ever compared."""
    for probability, n in {pair for compared in comparisons.values() for pair in compared}:
        bound = bound_of(dropout, probability, n)
        assert tail(probability, n, bound) < dropout.FALSE_ALARM
        assert bound == pytest.approx(math.sqrt(math.log(2 / dropout.FALSE_ALARM) / (2 * n)))


@pytest.mark.parametrize("probability", [0.01, 0.5, 0.9])
@pytest.mark.parametrize("n", [1, 10, 100, 2000])
def test_the_bound_holds_for_any_size_and_probability(dropout, n, probability):
    assert tail(probability, n, bound_of(dropout, probability, n)) < dropout.FALSE_ALARM


def test_shares_that_are_clearly_wrong_are_seen(dropout, comparisons):
    for compared in comparisons.values():
        for probability, n in compared:
            for wrong in (probability - 0.05, probability + 0.05):
                assert not dropout.is_share(wrong, probability, n)


def test_the_solutions_pass_under_many_seeds(checks, run):
    for name in checks:
        for seed in range(10):
            run(name, seed)


@pytest.mark.parametrize("off", [-0.05, 0.05])
def test_a_share_that_is_off_fails_under_every_seed(run, solution_functions, off):
    seeds = count()

    def dropout_forward(x, param):
        """Keeps a few more, or a few less, scaled as is right for p."""
        kept = np.random.default_rng(next(seeds)).random(x.shape) < param["p"] + off
        return x * kept / param["p"], (param, kept / param["p"])

    for seed in range(10):
        with pytest.raises(AssertionError, match="units stayed"):
            run("test_keeps_the_share", seed, {"dropout_forward": dropout_forward})
