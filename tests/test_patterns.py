"""What is said of an array that no known mistake explains: only what holds for every entry."""

import numpy as np
import pytest

from grader.compare import Log, Observation
from grader.patterns import describe

RNG = np.random.default_rng(231)
RIGHT = RNG.standard_normal((4, 5))
VECTOR = RIGHT[0]
STEPS = RNG.standard_normal((4, 3, 2))


def pattern(manifest, got, expected=RIGHT, steps=()):
    log = Log([Observation("out", np.asarray(got), np.asarray(expected))], list(steps))
    return describe(manifest, log)


def found(manifest, *arguments, **options):
    """The pattern's name, or None."""
    diagnosis = pattern(manifest, *arguments, **options)
    return diagnosis and diagnosis.id.removeprefix("pattern-")


def with_entries(array, index, values):
    changed = array.copy()
    changed[index] = values
    return changed


@pytest.mark.parametrize(
    ("got", "expected", "name", "values"),
    [
        (3.5 * RIGHT, RIGHT, "factor", {"factor": "3.5"}),
        (-0.25 * RIGHT, RIGHT, "factor", {"factor": "-0.25"}),
        (3.5 * RIGHT.astype(np.float32), RIGHT.astype(np.float32), "factor", {"factor": "3.5"}),
        (-RIGHT, RIGHT, "sign", {}),
        (RIGHT + 0.125, RIGHT, "offset", {"offset": "0.125"}),
        (RIGHT - 1e-3, RIGHT, "offset", {"offset": "-0.001"}),
        (np.full(3, 2.0), np.zeros(3), "offset", {"offset": "2"}),
        (with_entries(RIGHT, [1, 3], STEPS[0, 0, 0]), RIGHT, "rows", {"rows": "1, 3"}),
        (with_entries(RIGHT, (2, 4), 9.0), RIGHT, "rows", {"rows": "2"}),
        (with_entries(RIGHT, (slice(None), 3), 9.0), RIGHT, "columns", {"columns": "3"}),
        (RIGHT.T, RIGHT, "transposed", {}),
        (STEPS[0, :2].T, STEPS[0, :2], "transposed", {}),
        (RIGHT, RIGHT.sum(axis=0), "per_example", {}),
    ],
)
def test_what_holds_for_every_entry_is_said(manifest, got, expected, name, values):
    diagnosis = pattern(manifest, got, expected)
    assert diagnosis.id == f"pattern-{name}"
    assert diagnosis.text == manifest.say(f"pattern_{name}", what="out", **values)
    assert (diagnosis.function, diagnosis.follow_through) == ("", False)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (3.5 * RIGHT + 1e-4 * RIGHT**2, RIGHT),
        (with_entries(-RIGHT, (0, 0), 7.0), RIGHT),
        (RIGHT + 0.1 + 1e-4 * RIGHT, RIGHT),
        (RIGHT**2, RIGHT),
        (with_entries(VECTOR, 2, 7.0), VECTOR),
        (RIGHT[:1] ** 2, RIGHT[:1]),
        (np.zeros_like(RIGHT), RIGHT),
        (with_entries(3.5 * RIGHT, (1, 2), np.nan), RIGHT),
        (with_entries(RIGHT, (1, 2), np.inf), RIGHT),
        (np.full_like(RIGHT, 1e308), RIGHT * 1e307),
        (RIGHT.T + 1e-3, RIGHT),
        (with_entries(RIGHT, (1, 2), np.nan).T, RIGHT),
        (RIGHT[:2], RIGHT),
        (RIGHT[None], RIGHT),
        (RIGHT + 1e-4, RIGHT.sum(axis=0)),
        (with_entries(RIGHT, (1, 2), np.nan), RIGHT.sum(axis=0)),
        (RIGHT, RIGHT.sum(axis=1)),
        (np.zeros(0), np.zeros(0)),
        (np.float64(2.0), np.float64(1.0)),
        (np.array([2.0]), np.array([1.0])),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_nothing_is_said_where_nothing_holds_exactly(manifest, got, expected):
    assert found(manifest, got, expected) is None


def test_without_a_comparison_there_is_nothing_to_say(manifest):
    assert describe(manifest, Log()) is None


def test_the_last_comparison_is_the_one_that_failed(manifest):
    log = Log([Observation("a", -RIGHT, RIGHT), Observation("b", 2 * RIGHT, RIGHT)])
    diagnosis = describe(manifest, log)
    assert diagnosis.text == manifest.say("pattern_factor", what="b", factor="2")


# Steps of an update.


def scaled(*factors):
    return [(factor * step, step) for factor, step in zip(factors, STEPS, strict=True)]


@pytest.mark.parametrize(
    ("steps", "name", "values"),
    [
        (scaled(2, 2, 2, 2), "factor", {"factor": "2"}),
        (scaled(-1, -1, -1, -1), "sign", {}),
        (scaled(3.162, 4.25, 4.95, 0.5), "factors", {"factors": "3.16, 4.25, 4.95, 0.5"}),
        (scaled(1, 2, 3, 4), "drift", {}),
        ([*scaled(1, 1, 1, 1)[:3], (STEPS[3] ** 2, STEPS[3])], "drift", {}),
    ],
)
def test_all_steps_are_looked_at_together(manifest, steps, name, values):
    diagnosis = pattern(manifest, RIGHT**2, steps=steps)
    assert diagnosis.id == f"pattern-{name}"
    assert diagnosis.text == manifest.say(f"pattern_{name}", what="out", **values)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        scaled(2, 2, 2, 2)[:1],
        [*scaled(2, 2, 2, 2)[:3], (STEPS[3] ** 2, STEPS[3])],
        [*scaled(2, 2, 2, 2)[:3], (STEPS[3], 0 * STEPS[3])],
        [(STEPS[0] ** 2, STEPS[0]), *scaled(1, 1, 1, 1)[1:]],
        [(0 * STEPS[0], STEPS[0]), *scaled(2, 2, 2, 2)[1:]],
        [(np.nan * STEPS[0], STEPS[0]), *scaled(2, 2, 2, 2)[1:]],
    ],
    ids=["none", "one", "last differs", "none expected", "first differs", "stands", "nan"],
)
def test_of_steps_that_have_nothing_in_common_nothing_is_said(manifest, steps):
    assert found(manifest, RIGHT**2, steps=steps) is None


def test_right_steps_do_not_drift(manifest):
    """What a check finds wrong after them is something else, such as the state."""
    assert found(manifest, RIGHT**2, steps=scaled(1, 1, 1, 1)) is None
    assert found(manifest, 2 * RIGHT, steps=scaled(1, 1, 1, 1)) == "factor"


def test_a_wrong_shape_comes_before_the_steps(manifest):
    assert found(manifest, RIGHT.T, steps=scaled(2, 2, 2, 2)) == "transposed"
