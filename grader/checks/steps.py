"""Shared by the checks of update rules: several steps, the reference's beside the student's."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.compare import SAME_FORMULA, Tolerance, assert_close, tell_steps
from grader.student.calls import Call
from grader.student.functions import StudentFunction
from grader.student.wire import Ref

Config = dict[str, Any]


def draw_signed(rng: Any, low: float, high: float, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of both signs, of a size between low and high.

    Beside a number that happens to be near 0, epsilon and any rounding look large: whether a check
    sees a mistake would depend on the draw.
    """
    numbers: np.ndarray = rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)
    return numbers


def draw_steps(rng: Any, shape: tuple[int, ...], steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Parameters w and `steps` gradients, all of this shape."""
    return draw_signed(rng, 1.0, 3.0, shape), draw_signed(rng, 0.5, 2.0, (steps, *shape))


def draw_problem(rng: Any, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Parameters w of a random small shape and `steps` gradients of the same shape."""
    rows, columns = (int(n) for n in rng.integers(3, 7, size=2))
    return draw_steps(rng, (rows, columns), steps)


def assert_same_steps(
    student: StudentFunction,
    reference: Any,
    w: np.ndarray,
    gradients: np.ndarray,
    config: Config | None = None,
    tolerance: Tolerance = SAME_FORMULA,
) -> list[Any]:
    """Steps from `config` give the reference's parameters; returns the student's config of each.

    Each step goes on from what the student's own step before returned.
    """
    calls = [student.call(w, gradients[0], config)]
    for step, dw in enumerate(gradients[1:]):
        calls.append(student.call(Ref(step, 0), dw, Ref(step, 1)))
    results = student.student.run(calls)
    right = [w]
    state = None if config is None else dict(config)
    for dw in gradients:
        next_w, state = reference(right[-1], dw, state)
        right.append(next_w)
    ours = [w, *(returned.items[0] for returned in results)]
    if all(type(next_w) is np.ndarray and next_w.shape == w.shape for next_w in ours):
        tell_steps(list(zip(np.diff(ours, axis=0), np.diff(right, axis=0), strict=True)))
    for step, (next_w, expected) in enumerate(zip(ours[1:], right[1:], strict=True), start=1):
        assert_close(next_w, expected, what="next_w", where=f"step {step}", tolerance=tolerance)
    return [returned.items[1] for returned in results]


def assert_state(configs: list[Any], expected: Config) -> None:
    """The last config holds the expected state under its documented names."""
    config = configs[-1] if isinstance(configs[-1], dict) else {}
    for name, value in expected.items():
        what, where = f'config["{name}"]', f"after step {len(configs)}"
        assert_close(config.get(name), value, what=what, where=where)


def assert_separate_states(
    student: StudentFunction, reference: Any, problems: list[tuple[np.ndarray, np.ndarray]]
) -> None:
    """Two runs taken in turn do not disturb each other: all state is in config."""
    calls: list[Call] = []
    last: list[int | None] = [None, None]
    for step in range(len(problems[0][1])):
        for run, (w, gradients) in enumerate(problems):
            before = last[run]
            if before is None:
                calls.append(student.call(w, gradients[step]))  # all defaults, config's too
            else:
                calls.append(student.call(Ref(before, 0), gradients[step], Ref(before, 1)))
            last[run] = len(calls) - 1
    results = student.student.run(calls)
    for run, (w, gradients) in enumerate(problems):
        expected, state = w, None
        for step, dw in enumerate(gradients):
            expected, state = reference(expected, dw, state)
            assert_close(
                results[2 * step + run].items[0],
                expected,
                what="next_w",
                where=f"two optimizers in turn, optimizer {run + 1}, step {step + 1}",
            )


def run_steps(rule: Any, w: np.ndarray, gradients: np.ndarray) -> Config:
    """The config that some steps of a rule end with."""
    config: Any = None
    for dw in gradients:
        w, config = rule(w, dw, config)
    return dict(config)
