"""Checks of the update rules: one table of rules, every check for every rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.checks.steps import (
    assert_same_steps,
    assert_separate_states,
    assert_state,
    draw_problem,
    run_steps,
)
from grader.compare import SINGLE_PRECISION, assert_close, fail
from grader.plugin import check


@dataclass(frozen=True)
class Rule:
    """An update rule: non-default hyperparameters, and how a state in mid-run may look."""

    name: str
    hyperparameters: dict[str, float]
    draw_state: Callable[[Any, tuple[int, ...]], dict[str, Any]]


RULES = (
    Rule(
        "sgd_momentum",
        {"learning_rate": 0.05, "momentum": 0.7},
        lambda rng, shape: {"velocity": rng.standard_normal(shape)},
    ),
    Rule(
        "rmsprop",
        {"learning_rate": 0.03, "decay_rate": 0.8, "epsilon": 1e-3},
        lambda rng, shape: {"cache": rng.uniform(0.1, 1.0, shape)},
    ),
    Rule(
        "adam",
        {"learning_rate": 0.02, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-3},
        lambda rng, shape: {
            "m": rng.standard_normal(shape),
            "v": rng.uniform(0.1, 1.0, shape),
            "t": 5,
        },
    ),
)


def check_each_rule(weight: int = 1, *, edge: bool = False) -> Any:
    """Make a test function a check of every rule; it gets the rule as `rule`."""
    return pytest.mark.parametrize(
        "rule",
        [
            pytest.param(rule, id=rule.name, marks=check(rule.name, weight=weight, edge=edge))
            for rule in RULES
        ],
    )


@check_each_rule(weight=4)
def test_follows_the_reference(rule, student, reference, rng):
    """Six steps from a fresh config follow the reference."""
    w, gradients = draw_problem(rng, steps=6)
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients)


@check_each_rule(weight=3)
def test_continues_from_given_state(rule, student, reference, rng):
    """Steps from a config that already holds state follow the reference."""
    w, gradients = draw_problem(rng, steps=5)
    config = rule.draw_state(rng, w.shape)
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients, config)


@check_each_rule(weight=3)
def test_uses_the_hyperparameters(rule, student, reference, rng):
    """Hyperparameters in config replace the defaults."""
    w, gradients = draw_problem(rng, steps=5)
    config = dict(rule.hyperparameters)
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients, config)


@check_each_rule(edge=True)
def test_stores_its_state(rule, student, reference, rng):
    """The returned config holds the state under its documented name."""
    w, gradients = draw_problem(rng, steps=5)
    # Arrays only: a step count may be kept from 0 or from 1.
    state = rule.draw_state(rng, w.shape)
    names = [name for name, value in state.items() if isinstance(value, np.ndarray)]
    configs = assert_same_steps(student[rule.name], reference[rule.name], w, gradients)
    expected = reference.computed(lambda functions: run_steps(functions[rule.name], w, gradients))
    assert_state(configs, {name: expected[name] for name in names})


@check_each_rule(edge=True)
def test_keeps_runs_apart(rule, student, reference, rng):
    """Two optimizers used in turn do not disturb each other."""
    problems = [draw_problem(rng, steps=5) for _ in range(2)]
    assert_separate_states(student[rule.name], reference[rule.name], problems)


@check_each_rule(edge=True)
def test_takes_any_shape(rule, student, reference, rng):
    """Vectors, single entries, higher dimensions and non-contiguous arrays work too."""
    for shape in ((5,), (1,), (2, 3, 4)):
        w, gradients = rng.standard_normal(shape), rng.standard_normal((3, *shape))
        assert_same_steps(student[rule.name], reference[rule.name], w, gradients)
    w, gradients = rng.standard_normal((8, 3))[::2], rng.standard_normal((3, 4, 6))[..., ::2]
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients)


@check_each_rule(edge=True)
def test_takes_float32(rule, student, reference, rng):
    """float32 parameters and gradients follow the reference within float32's precision."""
    w, gradients = (array.astype(np.float32) for array in draw_problem(rng, steps=5))
    tolerance = SINGLE_PRECISION
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients, tolerance=tolerance)


@check_each_rule(edge=True)
def test_leaves_the_gradient_alone(rule, student, rng):
    """The gradient dw is not modified."""
    w, gradients = draw_problem(rng, steps=3)
    student.run([student[rule.name].call(w, dw, None) for dw in gradients])
    if student.modified:
        fail("dw is not what it was before the call: the function has changed it in place.")


@check_each_rule(edge=True)
def test_stands_still_without_gradient(rule, student, rng):
    """From a fresh config, a zero gradient leaves w where it is."""
    w, gradients = draw_problem(rng, steps=1)
    next_w, _ = student[rule.name](w, np.zeros_like(gradients[0]), None)
    assert_close(next_w, w, what="next_w")
