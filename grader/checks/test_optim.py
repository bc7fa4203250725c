"""Checks of the update rules: one table of rules, every check for every rule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from grader.checks.steps import (
    assert_same_steps,
    assert_separate_states,
    assert_state,
    draw_problem,
    draw_signed,
    draw_steps,
    run_steps,
)
from grader.checks.unmodified import assert_unmodified
from grader.compare import SINGLE_PRECISION, assert_close
from grader.plugin import check


@dataclass(frozen=True)
class Rule:
    """An update rule: non-default hyperparameters, and how a state in mid-run may look."""

    name: str
    hyperparameters: dict[str, float]
    draw_state: Callable[[Any, tuple[int, ...]], dict[str, Any]]
    scales_in_place: str = ""  # the id of the known mistake that changes dw
    tiny: float = 1e-6  # the size of gradients that epsilon is felt beside
    # What makes steps so long that mistakes show in float32, and memories so short that all do.
    long: dict[str, float] = field(default_factory=lambda: {"learning_rate": 1.0})
    start: float = 1.0  # the size of w: small where the first steps are, so that they are felt
    sizes: tuple[float, ...] = (1.0,)  # of successive gradients, over and over

    def draw(
        self, rng: Any, steps: int, shape: tuple[int, ...] = ()
    ) -> tuple[np.ndarray, np.ndarray]:
        """Parameters and gradients of this shape (default: a random one), as they suit the rule."""
        w, gradients = draw_steps(rng, shape, steps) if shape else draw_problem(rng, steps)
        return self.start * w, gradients

    def vary(self, gradients: np.ndarray) -> np.ndarray:
        """The gradients of a run, some large and some small: that shows a rule's memory."""
        sizes = np.resize(self.sizes, len(gradients))
        varied: np.ndarray = sizes.reshape(-1, *[1] * (gradients.ndim - 1)) * gradients
        return varied


def draw_maximum(rng: Any, shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """v and v_max of a run: in many entries v is at its maximum, in some it has been larger."""
    v = rng.uniform(0.02, 0.2, shape)
    return {"v": v, "v_max": np.maximum(v, rng.uniform(0.02, 0.12, shape))}


RULES = (
    Rule(
        "sgd_momentum",
        {"learning_rate": 0.05, "momentum": 0.7},
        lambda rng, shape: {"velocity": draw_signed(rng, 0.05, 0.1, shape)},
        "momentum-scales-dw-in-place",
    ),
    Rule(
        "rmsprop",
        {"learning_rate": 0.03, "decay_rate": 0.4, "epsilon": 1e-3},
        lambda rng, shape: {"cache": rng.uniform(0.1, 1.0, shape)},
    ),
    Rule(
        "adam",
        {"learning_rate": 0.02, "beta1": 0.3, "beta2": 0.45, "epsilon": 1e-3},
        lambda rng, shape: {
            "learning_rate": 0.01,
            "m": draw_signed(rng, 0.3, 1.0, shape),
            "v": rng.uniform(0.1, 1.0, shape),
            "t": 5,
        },
        long={"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.3},
    ),
    Rule(
        "nesterov_momentum",
        {"learning_rate": 0.05, "momentum": 0.7},
        lambda rng, shape: {"velocity": draw_signed(rng, 0.05, 0.1, shape)},
    ),
    Rule(
        "adagrad",
        {"learning_rate": 0.05, "epsilon": 1e-3},
        lambda rng, shape: {"cache": rng.uniform(0.1, 1.0, shape)},
    ),
    Rule(
        "adadelta",
        {"learning_rate": 0.5, "decay_rate": 0.4, "epsilon": 1e-3},
        lambda rng, shape: {
            "cache": rng.uniform(0.1, 1.0, shape),
            "delta": rng.uniform(0.1, 1.0, shape),
        },
        tiny=1e-3,
        long={"learning_rate": 20.0},
        start=0.1,
    ),
    Rule(
        "amsgrad",
        {"learning_rate": 0.02, "beta1": 0.3, "beta2": 0.45, "epsilon": 1e-3},
        lambda rng, shape: {
            "m": draw_signed(rng, 0.3, 1.0, shape),
            "t": 5,
            **draw_maximum(rng, shape),
        },
        long={"learning_rate": 0.1, "beta1": 0.7, "beta2": 0.3},
        start=0.1,
        sizes=(1.0, 0.01, 0.3),  # v falls and rises: else v_max is v, or never changes
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
    w, gradients = rule.draw(rng, steps=6)
    gradients[3:] *= 0.1  # a rule that remembers the largest gradient shows only when they shrink
    assert_same_steps(student[rule.name], reference[rule.name], w, rule.vary(gradients))


@check_each_rule(weight=3)
def test_continues_from_given_state(rule, student, reference, rng):
    """Steps from a config that already holds state follow the reference."""
    w, gradients = draw_problem(rng, steps=5)
    config = rule.draw_state(rng, w.shape)
    assert_same_steps(student[rule.name], reference[rule.name], w, rule.vary(gradients), config)


@check_each_rule(weight=3)
def test_uses_the_hyperparameters(rule, student, reference, rng):
    """Hyperparameters in config replace the defaults."""
    w, gradients = draw_problem(rng, steps=5)
    config = dict(rule.hyperparameters)
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients, config)


@check_each_rule(weight=2)
def test_takes_tiny_gradients(rule, student, reference, rng):
    """With gradients so small that epsilon matters, steps follow the reference."""
    w, gradients = draw_problem(rng, steps=4)
    w, gradients = rule.tiny * w, rule.tiny * rule.vary(gradients)
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients)


@check_each_rule(edge=True)
def test_stores_its_state(rule, student, reference, rng):
    """The returned config holds the state under its documented name."""
    w, gradients = draw_problem(rng, steps=5)
    gradients = rule.vary(gradients)
    # Arrays only: a step count may be kept from 0 or from 1.
    state = rule.draw_state(rng, w.shape)
    names = [name for name, value in state.items() if isinstance(value, np.ndarray)]
    configs = assert_same_steps(student[rule.name], reference[rule.name], w, gradients)
    expected = reference.computed(lambda functions: run_steps(functions[rule.name], w, gradients))
    assert_state(configs, {name: expected[name] for name in names})


@check_each_rule(edge=True)
def test_keeps_runs_apart(rule, student, reference, rng):
    """Two optimizers used in turn do not disturb each other."""
    first = rule.draw(rng, steps=5)
    second = rule.draw(rng, steps=5, shape=first[0].shape)
    problems = [(w, rule.vary(gradients)) for w, gradients in (first, second)]
    assert_separate_states(student[rule.name], reference[rule.name], problems)


@check_each_rule(edge=True)
def test_takes_any_shape(rule, student, reference, rng):
    """Vectors, single entries, higher dimensions and non-contiguous arrays work too."""
    for shape in ((5,), (1,), (2, 3, 4)):
        w, gradients = rule.draw(rng, steps=3, shape=shape)
        assert_same_steps(student[rule.name], reference[rule.name], w, rule.vary(gradients))
    w, gradients = rule.draw(rng, steps=3, shape=(8, 6))
    w, gradients = w[::2, ::2], gradients[:, ::2, ::2]
    assert_same_steps(student[rule.name], reference[rule.name], w, gradients)


@check_each_rule(edge=True)
def test_takes_float32(rule, student, reference, rng):
    """float32 parameters and gradients follow the reference within float32's precision."""
    w, gradients = (array.astype(np.float32) for array in draw_problem(rng, steps=5))
    assert_same_steps(
        student[rule.name], reference[rule.name], w, gradients, dict(rule.long), SINGLE_PRECISION
    )


@check_each_rule(edge=True)
def test_leaves_the_gradient_alone(rule, student, rng):
    """The gradient dw is neither modified nor kept as state."""
    w, gradients = draw_problem(rng, steps=3)
    rule_of_student = student[rule.name]
    student.run([rule_of_student.call(w, dw, None) for dw in gradients])
    assert_unmodified(rule_of_student, mistakes={"dw": rule.scales_in_place})


@check_each_rule(edge=True)
def test_stands_still_without_gradient(rule, student, rng):
    """From a fresh config, a zero gradient leaves w where it is."""
    w, gradients = draw_problem(rng, steps=1)
    next_w, _ = student[rule.name](w, np.zeros_like(gradients[0]), None)
    assert_close(next_w, w, what="next_w")
