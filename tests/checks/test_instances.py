"""The training checks on every instance that there is: right answers pass, with a margin.

An official grading draws one of 64 instances. A right answer that failed on one of them would lose
marks by bad luck, so they are all gone through here.
"""

import dataclasses
import importlib

import numpy as np
import pytest

from grader.answers import load_variants
from grader.checks.nets import INSTANCES, make_problem
from grader.compare import TRAJECTORY
from grader.outcomes import NEUTRAL
from grader.reference import LiveReference
from grader.student.functions import Student
from grader.student.local import LocalRunner

SAMPLE = range(0, INSTANCES, 8)
MARGIN = 2.0  # of the right class's score over the others', where 0 would be a failure
# Rounding in another order moves an entry by a few units in its last place.
ROUNDING = 4e-16
TRAJECTORIES = (
    "test_momentum_trains_a_net",
    "test_rmsprop_trains_a_net",
    "test_adam_learns_fifty_images",
    "test_batchnorm_trains_a_net",
)


class Choice:
    """Stands in for a generator whose only draw is the instance."""

    def __init__(self, instance):
        self.instance = instance

    def integers(self, high):
        assert high == INSTANCES
        return self.instance


@pytest.fixture
def training(monkeypatch):
    """The module of training checks, which notes margins in `training.margins`."""
    module = importlib.import_module("grader.checks.test_training")
    module.margins = []

    def note_margin(problem, net, judge=module.assert_learnt):
        judge(problem, net)
        scores = net.loss(problem.x)
        images = np.arange(len(problem.y))
        right = scores[images, problem.y].copy()
        scores[images, problem.y] = -np.inf
        module.margins.append(float((right - scores.max(axis=1)).min()))

    monkeypatch.setattr(module, "assert_learnt", note_margin)
    return module


@pytest.fixture
def run_check(training, manifest, solution_functions):
    """Runs a training check on an instance: `run_check(name, instance, {"adam": f})`."""

    def run(name, instance, functions=(), reference=()):
        student = Student(LocalRunner({**solution_functions, **dict(functions)}), manifest)
        right = LiveReference({**solution_functions, **dict(reference)}, manifest)
        available = {
            "student": student,
            "reference": right,
            "rng": Choice(instance),
            "conventions": manifest.conventions,
            "verdicts": NEUTRAL,
        }
        check = getattr(training, name)
        names = check.__code__.co_varnames[: check.__code__.co_argcount]
        check(**{name: available[name] for name in names})

    return run


def rounded_otherwise(functions, rng):
    """The functions with every float result off by a few units in the last place."""

    def noisy(value):
        if type(value) is np.ndarray:
            return value * (1 + ROUNDING * rng.uniform(-1, 1, value.shape))
        return value

    def wrap(function):
        def wrapped(*arguments):
            result = function(*arguments)
            if type(result) is tuple:
                return (*(noisy(item) for item in result[:1]), *result[1:])
            return noisy(result)

        return wrapped

    return {name: wrap(function) for name, function in functions.items()}


def test_an_instance_is_the_same_every_time():
    one, again, other = (make_problem(n, (20,)) for n in (5, 5, 6))
    assert (one.x == again.x).all()
    assert all((a == b).all() for a, b in zip(one.weights, again.weights, strict=True))
    assert not (one.x == other.x).any()
    assert sorted(np.bincount(one.y)) == [5] * 10


@pytest.mark.parametrize("name", TRAJECTORIES)
def test_every_instance_forgives_rounding(
    run_check, training, monkeypatch, solution_functions, name
):
    """A hundredth of the tolerance is enough for results that are rounded in another way."""
    strict = dataclasses.replace(TRAJECTORY, relative=TRAJECTORY.relative / 100)
    monkeypatch.setattr(training, "TRAJECTORY", strict)
    rng = np.random.default_rng(231)
    for instance in range(INSTANCES):
        run_check(name, instance, rounded_otherwise(solution_functions, rng))


def test_every_instance_is_learnt_by_adam_with_a_margin(run_check, training):
    for instance in range(INSTANCES):
        run_check("test_adam_learns_fifty_images", instance)
    assert len(training.margins) == INSTANCES
    assert min(training.margins) > MARGIN


@pytest.mark.parametrize("masks", ["as asked", "its own"])
def test_every_instance_is_learnt_with_dropout_with_a_margin(
    run_check, training, solution_functions, masks
):
    """A student may draw masks with any generator, so it is learnt with other masks, too."""
    rng = np.random.default_rng(231)
    forward = solution_functions["dropout_forward"]

    def dropout_forward(x, param):
        return forward(x, {**param, "seed": int(rng.integers(1 << 30))})

    other = {"dropout_forward": dropout_forward} if masks == "its own" else {}
    for instance in range(INSTANCES):
        run_check("test_everything_learns_fifty_images", instance, other)
    assert len(training.margins) == INSTANCES
    assert min(training.margins) > MARGIN


def test_accepted_variants_learn_a_sample_with_a_margin(run_check, training, project, manifest):
    tried = set()
    for accepted in load_variants(project, manifest):
        name, form = accepted.variant.function, {accepted.variant.function: accepted.run}
        if name == "rmsprop":
            for instance in SAMPLE:
                run_check("test_rmsprop_trains_a_net", instance, form, reference=form)
        elif name == "adam":
            for instance in SAMPLE:
                run_check("test_adam_learns_fifty_images", instance, form, reference=form)
                run_check("test_everything_learns_fifty_images", instance, form)
        else:
            continue
        tried.add(accepted.variant.id)
    assert {"rmsprop-epsilon-inside-root", "adam-epsilon-inside-root", "adam-folded"} <= tried
    assert min(training.margins) > MARGIN


@pytest.mark.parametrize(
    ("name", "function"),
    [("test_rmsprop_trains_a_net", "rmsprop"), ("test_adam_learns_fifty_images", "adam")],
)
def test_a_variant_is_not_the_reference_on_any_instance(
    run_check, project, manifest, name, function
):
    """Or else nothing would have been gained by accepting it."""
    variants = load_variants(project, manifest)
    form = next(v for v in variants if v.variant.id == f"{function}-epsilon-inside-root")
    for instance in SAMPLE:
        with pytest.raises(AssertionError, match="the loss"):
            run_check(name, instance, {function: form.run})
