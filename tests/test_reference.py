"""The oracle: live, on tape, and replayed."""

import copy
import sys

import numpy as np
import pytest

from grader.manifest import load_manifest
from grader.project import Project, ProjectError
from grader.recordings import Recording, Tape, pack, path_of
from grader.reference import (
    LiveReference,
    OracleError,
    RecordedDraws,
    RecordedReference,
    RecordingDraws,
    load_module,
    load_solutions,
)
from grader.sources import LiveSource, RecordedSource, RecordingSource, check_generator


@pytest.fixture
def toy_project(toy):
    return toy(recorded=False)


@pytest.fixture
def toy_manifest(toy_project):
    return load_manifest(toy_project.manifest)


@pytest.fixture
def functions(toy_project, toy_manifest):
    return load_solutions(toy_project, toy_manifest)


def test_a_live_answer_is_computed(functions, toy_manifest):
    reference = LiveReference(functions, toy_manifest)
    assert reference.double(3) == 6
    assert reference["double"](3) == 6
    state = {}
    y, cache = reference.halve(np.ones(2), state)
    assert (y.tolist(), state) == ([0.5, 0.5], {"count": 1})
    assert cache[0] == "halved"


def test_a_live_answer_leaves_the_checks_inputs_alone(toy_manifest):
    def double(x):
        x *= 2
        return x

    x = np.ones(2)
    assert LiveReference({"double": double}, toy_manifest).double(x).tolist() == [2, 2]
    assert x.tolist() == [1, 1]


@pytest.mark.parametrize("name", ["quadruple", "__wrapped__"])
def test_only_declared_functions_are_there(functions, toy_manifest, name):
    for reference in (
        LiveReference(functions, toy_manifest),
        LiveReference(functions, toy_manifest, Tape()),
        RecordedReference(toy_manifest, []),
    ):
        with pytest.raises(AttributeError, match=name):
            getattr(reference, name)


def use(reference, rng):
    """What a check may do: draws, calls, state, computations. Returns everything it saw."""
    x = rng.standard_normal((2, 3))
    number = int(rng.integers(3, 7))
    state = {}
    seen = [x, number, rng.uniform(0.1, 1.0, 3), reference.double(x)]
    for _ in range(2):
        y, _ = reference.halve(x, state)
        seen += [y, copy.deepcopy(state)]
    seen.append(reference.computed(lambda f: f.unhalve(x, f.halve(x, {})[1])))
    return seen


def same(a, b):
    return len(a) == len(b) and all(
        np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y
        for x, y in zip(a, b, strict=True)
    )


def test_what_was_recorded_is_replayed(functions, toy_manifest):
    source = RecordingSource(functions, toy_manifest)
    live = use(source.reference("double", "doubles"), source.draws("double", "doubles", 231))
    tape = source.tapes["double"]["doubles"]
    replayed = use(RecordedReference(toy_manifest, tape.answers), RecordedDraws(tape))
    assert same(replayed, live)
    again = use(RecordedReference(toy_manifest, tape.answers), RecordedDraws(tape))
    assert same(again, live)


def test_recording_changes_nothing_for_the_check(functions, toy_manifest):
    source = RecordingSource(functions, toy_manifest)
    taped = use(source.reference("double", "doubles"), source.draws("double", "doubles", 5))
    free = LiveSource(functions, toy_manifest)
    assert same(taped, use(free.reference("double", "doubles"), free.draws("double", "doubles", 5)))


def test_what_is_replayed_can_be_changed_without_harm(functions, toy_manifest):
    source = RecordingSource(functions, toy_manifest)
    use(source.reference("double", "doubles"), source.draws("double", "doubles", 231))
    tape = source.tapes["double"]["doubles"]
    for value in use(RecordedReference(toy_manifest, tape.answers), RecordedDraws(tape)):
        if isinstance(value, np.ndarray):
            value *= 0
    assert use(RecordedReference(toy_manifest, tape.answers), RecordedDraws(tape))[0].any()


def test_no_function_of_the_reference_runs_while_replaying(functions, toy_manifest):
    source = RecordingSource(functions, toy_manifest)
    source.reference("double", "doubles").computed(lambda f: f.double(2))
    replayed = RecordedReference(toy_manifest, source.tapes["double"]["doubles"].answers)
    assert replayed.computed(lambda f: pytest.fail("computed")) == 4


def test_the_state_between_passes_is_never_recorded(functions, toy_manifest):
    source = RecordingSource(functions, toy_manifest)
    source.reference("halve", "halves").halve(np.ones(2), {})
    (answer,) = source.tapes["halve"]["halves"].answers
    assert answer["items"][1] is None


def test_asking_for_more_than_was_recorded_is_the_graders_fault(toy_manifest):
    with pytest.raises(OracleError, match="grader build"):
        RecordedReference(toy_manifest, []).double(1)
    with pytest.raises(OracleError, match="grader build"):
        RecordedDraws(Tape()).standard_normal(3)


def test_what_cannot_be_recorded_is_refused_while_recording(toy_manifest):
    reference = LiveReference({"double": lambda x: object()}, toy_manifest, Tape())
    with pytest.raises(ValueError, match="cannot be recorded"):
        reference.double(1)


def test_draws_depend_on_seed_question_and_check_only():
    def first(*key):
        return check_generator(*key).standard_normal(4).tolist()

    assert first(1, "q", "c") == first(1, "q", "c")
    others = [first(2, "q", "c"), first(1, "p", "c"), first(1, "q", "d"), first(1 << 127, "q", "c")]
    assert len({tuple(values) for values in [first(1, "q", "c"), *others]}) == 5


def test_recording_draws_gives_what_the_generator_gives():
    tape = Tape()
    drawn = RecordingDraws(np.random.default_rng(5), tape).uniform(0, 1, size=3)
    np.testing.assert_array_equal(drawn, np.random.default_rng(5).uniform(0, 1, size=3))
    np.testing.assert_array_equal(tape.draws[0], drawn)


def test_the_recorded_source_reads_what_was_written(toy_project, toy_manifest, functions):
    source = RecordingSource(functions, toy_manifest)
    live = use(source.reference("double", "doubles"), source.draws("double", "doubles", 231))
    recording = Recording(source.tapes["double"])
    path_of(toy_project.expected, "double").write_bytes(pack(recording))
    recorded = RecordedSource(toy_project.expected, toy_manifest)
    replayed = use(
        recorded.reference("double", "doubles"), recorded.draws("double", "doubles", seed=99)
    )
    assert same(replayed, live)
    with pytest.raises(OracleError, match="nothing is recorded for double: other"):
        recorded.reference("double", "other")


def test_only_official_inputs_are_hidden(toy_project, toy_manifest, functions):
    assert LiveSource(functions, toy_manifest).hidden
    assert not RecordedSource(toy_project.expected, toy_manifest).hidden
    assert not RecordingSource(functions, toy_manifest).hidden


# Loading the solutions.


def test_every_declared_function_is_loaded(solution_functions, manifest):
    assert solution_functions.keys() == manifest.functions.keys()
    assert all(map(callable, solution_functions.values()))


def test_a_missing_function_is_named(toy_project, toy_manifest):
    (toy_project.solutions / "more.py").write_text("")
    with pytest.raises(OracleError, match=r"more\.py has no function triple"):
        load_solutions(toy_project, toy_manifest)


def test_a_missing_file_is_named(toy_project, toy_manifest):
    (toy_project.solutions / "more.py").unlink()
    with pytest.raises(OracleError, match=r"more\.py does not exist"):
        load_solutions(toy_project, toy_manifest)


@pytest.mark.parametrize("source", ["1 / 0", "def f(:", "raise RuntimeError('no')"])
def test_a_file_that_does_not_load_is_named(toy_project, toy_manifest, source):
    (toy_project.solutions / "more.py").write_text(source)
    with pytest.raises(OracleError, match=r"more\.py does not load"):
        load_solutions(toy_project, toy_manifest)


def test_a_students_copy_has_no_oracle(tmp_path, toy_manifest):
    with pytest.raises(ProjectError, match="student's copy"):
        load_solutions(Project(tmp_path), toy_manifest)


def test_a_loaded_module_leaves_nothing_behind(tmp_path):
    path = tmp_path / "loaded_for_a_test.py"
    path.write_text("value = 3")
    before = set(sys.modules)
    assert load_module(path).value == 3
    assert set(sys.modules) == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
