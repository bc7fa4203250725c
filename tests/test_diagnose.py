"""Diagnosis: an output that is exactly what a known mistake gives is called by its name."""

import numpy as np
import pytest

from grader import compare
from grader.answers import load_wrong_answers
from grader.compare import Log, Mismatch, Observation, assert_close
from grader.diagnose import Finding, LiveMistakes, diagnose, observe, same_witness
from grader.grading import grade
from grader.manifest import load_manifest
from grader.pairs import pairs_of
from grader.plugin import CheckSpec
from grader.recordings import Mistake, Pair, RecordingError, Witness, pairs_path_of
from grader.reference import load_solutions
from grader.student.faults import Crashed, TimedOut

SPEC = CheckSpec("doubles", "double", "Twice as much comes back", 1, False, False, ())
VALUE = Mismatch("value", {})


@pytest.fixture
def toy_project(toy):
    return toy(recorded=False)


@pytest.fixture
def toy_manifest(toy_project):
    return load_manifest(toy_project.manifest)


class Known:
    """Mistakes with prepared witnesses: one, or one by check.

    together: what pairs of them give, by check: {(0, 1): {"a": Witness(...)}}
    """

    def __init__(self, *witnesses, once=(), together=None):
        self.witnesses, self.once, self.together = witnesses, once, together or {}

    def of(self, question):
        return [
            Mistake(
                f"mistake-{number}",
                "double",
                f"cause {number}",
                "Advice.",
                number > 0,
                number in self.once,
            )
            for number in range(len(self.witnesses))
        ]

    def pairs(self, question):
        singles = {mistake.id: mistake for mistake in self.of(question)}
        return [
            Pair(*(singles[f"mistake-{number}"] for number in numbers), witnesses)
            for numbers, witnesses in self.together.items()
        ]

    def witness(self, mistake, spec, rerun):
        if isinstance(mistake, Pair):
            return mistake.witnesses.get(spec.name)
        found = self.witnesses[int(mistake.id.rpartition("-")[2])]
        return found.get(spec.name) if isinstance(found, dict) else found


def log_of(*arrays):
    return Log([Observation("out", np.asarray(array, float), np.ones(7)) for array in arrays])


def found(manifest, mistakes, *arrays, raised=VALUE):
    finding = Finding(SPEC, raised, log_of(*arrays), rerun=None)
    return diagnose(manifest, mistakes, "double", [finding]).get("doubles")


def check_named(name):
    return CheckSpec(name, "double", name, 1, False, False, ())


def question_of(**arrays):
    """A question's checks: name=array for one that failed with it, name=None for one that passed"""
    return [
        Finding(
            check_named(name),
            None if array is None else VALUE,
            log_of([0.0] if array is None else array),
            rerun=None,
        )
        for name, array in arrays.items()
    ]


def at_first(*values):
    return Witness(0, np.array(values))


def told(manifest, mistakes, findings):
    return {
        name: diagnosis.id
        for name, diagnosis in diagnose(manifest, mistakes, "double", findings).items()
    }


def test_the_mistake_with_the_same_output_is_found(toy_manifest):
    known = Known(Witness(1, np.array([2.0])), Witness(1, np.array([3.0])), None)
    diagnosis = found(toy_manifest, known, [0.0], [3.0])
    assert (diagnosis.id, diagnosis.follow_through) == ("mistake-1", True)
    assert (diagnosis.function, diagnosis.charged_once) == ("double", False)
    assert diagnosis.text == toy_manifest.say("diagnosed", cause="cause 1") + "\nAdvice."


def test_what_a_mistake_is_charged_for_goes_with_the_diagnosis(toy_manifest):
    diagnosis = found(toy_manifest, Known(at_first(3.0), once=(0,)), [3.0])
    assert (diagnosis.follow_through, diagnosis.charged_once) == (False, True)


def test_of_two_with_the_same_output_the_first_is_told(toy_manifest):
    known = Known(at_first(3.0), at_first(3.0))
    assert found(toy_manifest, known, [3.0]).id == "mistake-0"


@pytest.mark.parametrize(
    "witness",
    [
        None,
        Witness(0, np.array([3.0])),
        Witness(2, np.array([3.0])),
        Witness(1, np.array([3.001])),
        Witness(1, np.array([[3.0, 3.0]])),
        Witness(1, np.array([np.nan])),
        Witness(1, np.array([3.0]), "y is None"),
    ],
    ids=["passes", "fails earlier", "fails later", "close", "other shape", "not finite", "fault"],
)
def test_anything_less_is_no_match(toy_manifest, witness):
    assert found(toy_manifest, Known(witness), [1.0], [3.0]) is None


def test_without_a_comparison_there_is_nothing_to_match(toy_manifest):
    assert found(toy_manifest, Known(Witness(-1, np.array([3.0])))) is None


def test_looking_for_a_mistake_is_not_a_comparison_of_the_check(toy_manifest):
    with compare.logging() as log:
        found(toy_manifest, Known(at_first(3.0)), [3.0])
    assert (log.observations, log.notes) == ([], [])


# Over all checks of a question.


def test_a_question_without_failures_has_no_diagnosis(toy_manifest):
    assert diagnose(toy_manifest, Known(at_first(0.0)), "double", question_of(a=None)) == {}
    assert diagnose(toy_manifest, Known(at_first(0.0)), "double", []) == {}


def test_the_mistake_is_told_that_explains_most_of_the_question(toy_manifest):
    little, much = {"a": at_first(3.0)}, {"a": at_first(3.0), "b": at_first(4.0)}
    findings = question_of(a=[3.0], b=[4.0])
    assert told(toy_manifest, Known(little, much), findings) == {"a": "mistake-1", "b": "mistake-1"}
    assert told(toy_manifest, Known(much, little), findings) == {"a": "mistake-0", "b": "mistake-0"}


def test_a_mistake_that_would_fail_what_passes_comes_last(toy_manifest):
    contradicted = {name: at_first(number) for name, number in (("a", 3.0), ("b", 4.0), ("c", 5.0))}
    plain = {"a": at_first(3.0)}
    findings = question_of(a=[3.0], b=[4.0], c=None)
    assert told(toy_manifest, Known(contradicted, plain), findings) == {
        "a": "mistake-1",
        "b": "mistake-0",  # only this one explains it
    }


def test_each_failing_check_is_told_only_what_explains_it(toy_manifest):
    one, other = {"a": at_first(3.0)}, {"b": at_first(4.0)}
    findings = question_of(a=[3.0], b=[4.0], c=[9.0, 2.0])
    assert told(toy_manifest, Known(one, other), findings) == {"a": "mistake-0", "b": "mistake-1"}


def test_a_check_may_name_the_mistake_itself(toy_manifest):
    named = Mismatch("text", {"text": "No."}, mistake="mistake-1")
    known = Known(at_first(3.0), None)
    assert found(toy_manifest, known, [3.0], raised=named).id == "mistake-1"
    assert found(toy_manifest, known, raised=named).id == "mistake-1"
    unknown = Mismatch("text", {"text": "No."}, mistake="mistake-7")
    assert found(toy_manifest, known, [3.0], raised=unknown) is None
    silent = Mismatch("text", {"text": "No."})
    assert found(toy_manifest, known, [3.0], raised=silent) is None


# Two mistakes at once.


def test_two_mistakes_together_explain_what_neither_does(toy_manifest):
    both = {"a": at_first(9.0)}
    known = Known(at_first(3.0), at_first(4.0), together={(0, 1): both})
    diagnosis = diagnose(toy_manifest, known, "double", question_of(a=[9.0]))["a"]
    sentence = toy_manifest.say("diagnosed_pair", first="cause 0", second="cause 1")
    assert (diagnosis.id, diagnosis.text) == ("mistake-0+mistake-1", f"{sentence}\nAdvice.")
    assert (diagnosis.function, diagnosis.follow_through) == ("double", False)


def test_a_pair_is_followed_and_charged_as_both_are(toy_manifest):
    for once in ((1,), (1, 2)):
        known = Known(None, None, None, once=once, together={(1, 2): {"a": at_first(9.0)}})
        diagnosis = diagnose(toy_manifest, known, "double", question_of(a=[9.0]))["a"]
        assert (diagnosis.follow_through, diagnosis.charged_once) == (True, once == (1, 2))


def test_a_single_mistake_is_always_preferred(toy_manifest):
    both = {"a": at_first(3.0), "b": at_first(4.0), "c": at_first(5.0)}
    single = {"a": at_first(3.0), "d": at_first(6.0)}  # it would even fail what passes
    known = Known(single, None, together={(0, 1): both})
    findings = question_of(a=[3.0], b=[4.0], c=[5.0], d=None)
    assert told(toy_manifest, known, findings) == {
        "a": "mistake-0",
        "b": "mistake-0+mistake-1",
        "c": "mistake-0+mistake-1",
    }


def test_pairs_are_not_asked_for_where_single_mistakes_explain_everything(toy_manifest):
    class Alone(Known):
        def pairs(self, question):
            raise AssertionError

    assert found(toy_manifest, Alone(at_first(3.0)), [3.0]).id == "mistake-0"
    silent = Mismatch("text", {"text": "No."})
    assert found(toy_manifest, Alone(at_first(3.0)), [3.0], raised=silent) is None


def test_of_several_pairs_the_one_is_told_that_explains_most(toy_manifest):
    little, much = {"a": at_first(9.0)}, {"a": at_first(9.0), "b": at_first(4.0)}
    known = Known(None, {"b": at_first(4.0)}, None, together={(0, 1): little, (0, 2): much})
    findings = question_of(a=[9.0], b=[4.0])
    assert told(toy_manifest, known, findings) == {"a": "mistake-0+mistake-2", "b": "mistake-1"}
    known.together = {(0, 1): little, (1, 2): little}
    assert told(toy_manifest, known, findings)["a"] == "mistake-0+mistake-1"


def test_a_pair_that_would_fail_what_passes_is_not_told(toy_manifest):
    both = {"a": at_first(9.0), "b": at_first(4.0)}
    known = Known(None, None, together={(0, 1): both})
    assert told(toy_manifest, known, question_of(a=[9.0], b=None)) == {}
    assert set(told(toy_manifest, known, question_of(a=[9.0], b=[5.0]))) == {"a"}


def test_an_exception_is_only_consistent_with_a_pair(toy_manifest):
    raised = Crashed("double", "raised", {"type": "KeyError", "text": "'t'"})
    witness = {"doubles": Witness(0, np.zeros(0), "double: KeyError: 't'")}
    diagnosis = found(toy_manifest, Known(None, None, together={(0, 1): witness}), raised=raised)
    assert diagnosis.text.startswith(
        toy_manifest.say("diagnosed_pair_loosely", first="cause 0", second="cause 1")
    )


# Faults.


def test_an_exception_is_only_consistent_with_a_mistake(toy_manifest):
    raised = Crashed("double", "raised", {"type": "KeyError", "text": "'t'"})
    diagnosis = found(
        toy_manifest, Known(Witness(0, np.zeros(0), "double: KeyError: 't'")), raised=raised
    )
    assert diagnosis.id == "mistake-0"
    loosely = toy_manifest.say("diagnosed_loosely", cause="cause 0")
    assert diagnosis.text == f"{loosely}\nAdvice."
    assert loosely != toy_manifest.say("diagnosed", cause="cause 0")


@pytest.mark.parametrize(
    "raised",
    [
        Crashed("double", "raised", {"type": "KeyError", "text": "'m'"}),
        Crashed("double", "raised", {"type": "ValueError", "text": "'t'"}),
        Crashed("halve", "raised", {"type": "KeyError", "text": "'t'"}),
        Crashed("double", "exited", {"code": 1}),
        TimedOut("double", "timeout", {"seconds": 1.0}),
        ZeroDivisionError("'t'"),
    ],
    ids=["text", "type", "function", "exit", "timeout", "the check's own"],
)
def test_another_exception_is_no_match(toy_manifest, raised):
    known = Known(Witness(0, np.zeros(0), "double: KeyError: 't'"))
    assert found(toy_manifest, known, raised=raised) is None


def test_what_no_mistake_explains_is_described_by_what_holds_exactly(toy_manifest):
    right = np.array([1.0, 2.0, 4.0])
    log = Log([Observation("y", -right, right)])
    finding = Finding(SPEC, VALUE, log, rerun=None)
    diagnosis = diagnose(toy_manifest, Known(at_first(3.0)), "double", [finding])["doubles"]
    assert diagnosis.id == "pattern-sign"
    assert (diagnosis.function, diagnosis.follow_through, diagnosis.charged_once) == (
        "",
        False,
        False,
    )
    explained = diagnose(toy_manifest, Known(at_first(*-right)), "double", [finding])["doubles"]
    assert explained.id == "mistake-0"
    for raised in (
        Mismatch("text", {"text": "No."}),
        Mismatch("dtype", {}),
        TimedOut("double", "timeout"),
    ):
        assert diagnose(toy_manifest, Known(), "double", [Finding(SPEC, raised, log, None)]) == {}


@pytest.mark.parametrize("value", [1e308, np.inf, np.nan])
def test_numbers_of_any_size_are_looked_at_in_silence(toy_manifest, value):
    """A warning would be seen in the student's terminal."""
    got = np.array([[value, -value], [1.0, 2.0]])
    for expected in (-got, np.ones((2, 2)), np.ones(2), np.full((2, 2), 1e308)):
        finding = Finding(SPEC, VALUE, Log([Observation("y", got, expected)]), rerun=None)
        known = Known(Witness(0, -got), Witness(0, np.ones((2, 2))))
        assert diagnose(toy_manifest, known, "double", [finding]).keys() <= {"doubles"}


# Whether two failures are the same.


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ([1.0, 2.0], [1.0, 2.0 + 1e-12], True),
        ([1.0, 2.0], [1.0, 2.001], False),
        ([1.0, np.nan], [1.0, np.nan], True),
        ([np.nan, 1.0], [1.0, np.nan], False),
        ([1.0, np.inf], [1.0, np.inf], True),
        ([1.0, np.inf], [1.0, -np.inf], False),
        ([1.0, np.inf], [1.0, np.nan], False),
        ([1.0, np.nan], [1.001, np.nan], False),
        ([], [], True),
    ],
)
def test_two_failures_are_the_same_to_within_rounding(a, b, same):
    assert same_witness(Witness(0, np.array(a)), Witness(0, np.array(b))) == same
    assert same_witness(Witness(0, np.array(b)), Witness(0, np.array(a))) == same


def test_float32_is_compared_as_float32_can_be():
    one, other = (np.array([1.0, x], np.float32) for x in (2.0, 2.0 * (1 + 1e-6)))
    assert same_witness(Witness(0, one), Witness(0, other))
    assert not same_witness(Witness(0, one.astype(float)), Witness(0, other.astype(float)))


# Observing a wrong answer.


def test_what_fails_first_is_observed():
    def run():
        assert_close(np.ones(2), np.ones(2), what="a")
        assert_close(np.array([1.0, 3.0]), np.ones(2), what="b")

    witness = observe(run)
    assert (witness.position, witness.fault) == (1, "")
    assert witness.got.tolist() == [1.0, 3.0]


def test_a_wrong_shape_and_what_is_not_finite_are_observed_as_they_are():
    witness = observe(lambda: assert_close(np.ones((3, 1)), np.ones(2), what="a"))
    assert (witness.position, witness.got.shape) == (0, (3, 1))
    witness = observe(lambda: assert_close(np.array([np.nan]), np.ones(1), what="a"))
    assert np.isnan(witness.got).all()


def test_what_is_no_array_is_observed_by_name():
    def run():
        assert_close(np.ones(2), np.ones(2), what="a")
        assert_close(None, np.ones(2), what="b")

    witness = observe(run)
    assert (witness.position, witness.got.size, witness.fault) == (1, 0, "b is None")


def test_an_exception_of_the_function_is_observed_but_for_its_numbers():
    def run():
        assert_close(np.ones(2), np.ones(2), what="a")
        raise Crashed("double", "raised", {"type": "ValueError", "text": "shapes (3,4) and (5,4)"})

    witness = observe(run)
    assert (witness.position, witness.got.size) == (1, 0)
    assert witness.fault == "double: ValueError: shapes (#,#) and (#,#)"


def crash_of(reason):
    raise Crashed("double", reason, {"code": 9})


@pytest.mark.parametrize(
    "run",
    [
        lambda: None,
        lambda: 1 / 0,
        lambda: assert_close(np.ones(2, np.complex64), np.ones(2), what="a"),
        lambda: compare.fail("no"),
        lambda: compare.fail("no", mistake="some-mistake"),
        lambda: crash_of("killed"),
    ],
    ids=["passes", "raises", "dtype", "text", "text with a name", "killed"],
)
def test_nothing_else_makes_a_witness(run):
    assert observe(run) is None


def test_wrong_answers_run_once_per_check_until_the_seed_changes(toy_project, toy_manifest):
    solutions = load_solutions(toy_project, toy_manifest)
    wrong = load_wrong_answers(toy_project, toy_manifest)
    live = LiveMistakes(toy_manifest, solutions, wrong)
    (mistake,) = live.of("double")
    runs = []

    def rerun(student):
        runs.append(student)
        assert_close(student.double(np.array([3.0])), np.array([6.0]), what="y")

    assert live.witness(mistake, SPEC, rerun).got.tolist() == [9.0]
    assert live.witness(mistake, SPEC, rerun).got.tolist() == [9.0]
    assert len(runs) == 1
    live.forget()
    live.witness(mistake, SPEC, rerun)
    assert len(runs) == 2


TWO_WRONG = '''
def double_of_the_square(x):
    """the input is squared.

    Try it with 3.

    Seen: here.
    """
    y = x * x
    return y

def double_and_one(x):
    """one is added.

    Try it with 0.

    Seen: here.
    """
    y = 2 * x
    return y + 1

WRONG_ANSWERS = {"double": [double_of_the_square, double_and_one]}
'''


@pytest.fixture
def two_wrong(toy, toy_files):
    """A toy assignment with two mistakes that can be made at once, recorded."""
    source = toy_files["arithmetic.py"].replace("return 2 * x", "y = 2 * x\n    return y", 1)
    files = {**toy_files, "arithmetic.py": source}
    return toy(solutions=files, wrong_answers=TWO_WRONG)


def test_pairs_run_once_per_check_and_only_when_asked_for(two_wrong, monkeypatch):
    manifest = load_manifest(two_wrong.manifest)
    wrong = load_wrong_answers(two_wrong, manifest)
    made = []
    monkeypatch.setattr("grader.pairs.pairs_of", lambda *given: made.append(1) or pairs_of(*given))
    live = LiveMistakes(manifest, load_solutions(two_wrong, manifest), wrong)
    runs = []

    def rerun(student):
        runs.append(student)
        assert_close(student.double(np.array([3.0])), np.array([6.0]), what="y")

    for mistake in live.of("double"):
        live.witness(mistake, SPEC, rerun)
    assert (made, len(runs)) == ([], 2)
    (pair,) = live.pairs("double")
    assert live.pairs("double") == [pair]
    assert live.witness(pair, SPEC, rerun).got.tolist() == [10.0]
    live.witness(pair, SPEC, rerun)
    assert (made, len(runs)) == ([1], 3)
    assert live.pairs("together") == []


@pytest.mark.parametrize("official", [False, True], ids=["practice", "official"])
def test_both_modes_tell_the_same_pair(two_wrong, submission, toy_files, official):
    handed_in = {
        **toy_files,
        "arithmetic.py": toy_files["arithmetic.py"].replace("2 * x", "x**2 + 1"),
    }
    (graded,) = grade(two_wrong, [submission(handed_in)], official=official, seed=5)
    (check,) = (check for check in graded.result.questions[0].checks if check.name == "doubles")
    assert check.diagnosis.id == "double-of-the-square+double-and-one"
    assert "the input is squared, and one is added" in check.diagnosis.text


def test_practice_reads_pairs_only_where_nothing_else_explains(two_wrong, submission, toy_files):
    pairs_path_of(two_wrong.expected, "double").unlink()
    source = toy_files["arithmetic.py"]
    for wrong in ("x * x", "2 * x + 1"):
        handed_in = submission({**toy_files, "arithmetic.py": source.replace("2 * x", wrong)})
        (graded,) = grade(two_wrong, [handed_in])
        assert graded.result.questions[0].checks[0].diagnosis is not None
    unknown = submission({**toy_files, "arithmetic.py": source.replace("2 * x", "x + 7")})
    with pytest.raises(RecordingError, match=r"double\.pairs\.frame"):
        next(grade(two_wrong, [unknown]))


def test_only_the_mistakes_of_a_question_are_tried(toy_project, toy_manifest):
    solutions = load_solutions(toy_project, toy_manifest)
    wrong = load_wrong_answers(toy_project, toy_manifest)
    live = LiveMistakes(toy_manifest, solutions, wrong)
    assert [mistake.id for mistake in live.of("halve")] == ["halve-by-three"]
    assert live.of("together") == []


def test_a_mismatch_can_be_read_by_a_person():
    with pytest.raises(Mismatch, match="got=0"):
        assert_close(np.zeros(1), np.ones(1), what="out")
