"""The judge, over functions of this process: which status each way to fail gives a check."""

import numpy as np
import pytest

from grader.answers import load_variants, load_wrong_answers
from grader.compare import SAME_FORMULA, relative_errors
from grader.diagnose import LiveMistakes
from grader.judging import Judge
from grader.manifest import load_manifest
from grader.outcomes import UnknownCheck
from grader.reference import load_solutions
from grader.results import Status
from grader.running import run_checks
from grader.sources import LiveSource
from grader.student import process
from grader.student.local import LocalRunner

PASSED, FAILED, BLOCKED = Status.PASSED, Status.FAILED, Status.BLOCKED


class Talking(LocalRunner):
    """A runner whose functions have printed something."""

    def take_output(self):
        return "hello\n"


@pytest.fixture
def judged(toy):
    """Judges functions in place of the right ones: `judged({"double": f})` gives the outcomes.

    Several dicts are judged one after the other, by one judge.
    """

    def run(*replaced, seed=5, runner=LocalRunner, questions=(), questions_text=None, **parts):
        if questions_text is not None:
            parts["questions"] = questions_text
        project = toy(recorded=False, **parts)
        manifest = load_manifest(project.manifest)
        solutions = load_solutions(project, manifest)
        mistakes = LiveMistakes(manifest, solutions, load_wrong_answers(project, manifest))
        forms = {accepted.variant: accepted.run for accepted in load_variants(project, manifest)}
        source = LiveSource(solutions, manifest, forms)
        judge = Judge(manifest, source, mistakes, questions=questions)
        seen = []

        def each(rerun):
            for functions in replaced:
                judge.begin(runner({**solutions, **functions}), seed)
                rerun()
                judge.finish()
                seen.append(dict(judge.outcomes))

        run_checks(project, judge, each)
        return seen[0] if len(seen) == 1 else seen

    return run


def statuses(outcomes, question=None):
    return {
        name: outcome.status
        for (owner, name), outcome in outcomes.items()
        if question in (None, owner)
    }


def checks_of(*bodies):
    """Checks with these bodies for `double`; for the other questions, ones that always pass."""
    parts = [
        """
import pytest
import numpy as np
from grader.compare import assert_close, fail
from grader.plugin import check
from grader.student.wire import Ref

@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=check(n)) for n in ("halve", "unhalve", "together", "triple")]
)
def test_other(name):
    "Passes."
"""
    ]
    for number, body in enumerate(bodies):
        parts.append(
            f"""
@check("double")
def test_{number}(student, reference, verdicts, rng):
    "One of those in question."
    {body}
"""
        )
    return "".join(parts)


def test_right_functions_pass_everything(judged):
    outcomes = judged({})
    assert set(statuses(outcomes).values()) == {PASSED}
    assert len(outcomes) == 7
    assert all(outcome.message == "" for outcome in outcomes.values())


def test_every_way_for_a_check_to_end_has_a_status(judged):
    expected = {
        "pass": "passed",
        "assert_close(np.ones(2), np.ones(2), what='y')": "passed",
        "assert_close(np.ones(2), np.zeros(2), what='y')": "failed",
        "assert_close(None, np.zeros(2), what='y')": "bad_output",
        "fail('In its own words.')": "failed",
        "assert student.double(1) == 3": "failed",
        "np.testing.assert_allclose(1.0, 2.0)": "failed",
        "pytest.fail('In the words of pytest.')": "failed",
        "with pytest.raises(ValueError): pass": "failed",
        "1 / 0": "error",
        "raise MemoryError": "error",
        "reference.quadruple(1)": "error",
        "student.quadruple(1)": "error",
        "rng.no_such_distribution()": "error",
        "verdicts.wait_for('quadruple')": "blocked",
        "student.double()": "crashed",
        "student.run([student.double.call(Ref(9, 0))])": "crashed",
    }
    outcomes = judged({}, checks=checks_of(*expected))
    found = [str(outcomes["double", str(number)].status) for number in range(len(expected))]
    assert dict(zip(expected, found, strict=True)) == expected
    assert outcomes["triple", "other"].status == PASSED


def test_every_way_for_a_function_to_end_has_a_status(judged):
    def not_written(x):
        raise NotImplementedError

    expected = [
        (lambda x: 2 * x, "passed"),
        (lambda x: x + 1, "failed"),
        (lambda x: np.full_like(x, np.nan), "failed"),
        (lambda x: x[:2], "failed"),
        (lambda x: None, "bad_output"),
        (lambda x: (x, x), "bad_output"),
        (lambda x: 1 / 0, "crashed"),
        (lambda: 1, "crashed"),
        (not_written, "missing"),
        (None, "missing"),
    ]
    found = judged(*({"double": function} for function, _ in expected), questions=("double",))
    assert [str(outcomes["double", "doubles"].status) for outcomes in found] == [
        status for _, status in expected
    ]


def test_an_assertion_inside_the_grader_is_not_the_students_fault(judged, monkeypatch):
    source = "def broken(reply, calls):\n    assert False, 'this cannot happen'"
    module = {"__name__": "grader.student.process"}
    exec(compile(source, process.__file__, "exec"), module)
    monkeypatch.setattr("grader.student.local.read_results", module["broken"])
    outcomes = judged({}, checks=checks_of("student.double(1)"))
    assert outcomes["double", "0"].status == Status.ERROR


def test_a_question_that_fails_blocks_what_needs_it(judged):
    outcomes = judged({"double": lambda x: x})
    assert outcomes["together", "stays_the_same"].status == BLOCKED
    assert outcomes["together", "stays_the_same"].waits_for == ("double",)
    assert outcomes["unhalve", "goes_back"].status == PASSED


def test_an_edge_check_that_fails_blocks_nothing(judged):
    def double(x):
        return 2 * x if x.any() else x + 1

    outcomes = judged({"double": double})
    assert statuses(outcomes, "double")["doubles_nothing"] == FAILED
    assert outcomes["together", "stays_the_same"].status == PASSED


def test_anothers_fault_blocks_and_is_not_charged_twice(judged):
    checks = checks_of("student.halve(np.ones(1), {})")
    outcomes = judged({"halve": lambda x, state: 1 / 0}, checks=checks)
    assert outcomes["double", "0"].status == BLOCKED
    assert outcomes["double", "0"].waits_for == ("halve",)


def test_a_known_mistake_can_be_followed_through(judged):
    def halve(x, state):
        state["count"] = state.get("count", 0) + 1
        return x / 3, ("halved", x)

    outcomes = judged({"halve": halve})
    halves = outcomes["halve", "halves_and_counts"]
    assert (halves.status, halves.diagnosis.id) == (FAILED, "halve-by-three")
    assert outcomes["unhalve", "goes_back"].status == PASSED


def test_an_unknown_mistake_cannot_be_followed_through(judged):
    outcomes = judged({"halve": lambda x, state: (x * 0, ("halved", x))})
    assert outcomes["halve", "halves_and_counts"].diagnosis is None
    assert outcomes["unhalve", "goes_back"].status == BLOCKED
    assert outcomes["unhalve", "goes_back"].waits_for == ("halve",)


def test_a_known_mistake_that_leaves_nothing_to_follow(judged, toy_checks):
    checks = toy_checks.replace('verdicts.wait_for("halve")', 'verdicts.wait_for("double")')
    outcomes = judged({"double": lambda x: x * x}, checks=checks)
    assert outcomes["double", "doubles"].diagnosis.id == "double-of-the-square"
    assert outcomes["unhalve", "goes_back"].status == BLOCKED


def test_diagnosis_runs_on_the_inputs_of_the_seed(judged):
    for seed in (1, 2):
        outcome = judged({"double": lambda x: x * x}, seed=seed)["double", "doubles"]
        assert outcome.diagnosis.id == "double-of-the-square"


def test_the_inputs_depend_on_the_seed_and_on_nothing_else(judged):
    inputs = []

    def double(x):
        inputs.append(x.tolist())
        return 2 * x

    judged({"double": double}, {"double": double}, seed=1)
    half = len(inputs) // 2
    assert inputs[:half] == inputs[half:]
    first = inputs[:half]
    inputs.clear()
    judged({"double": double}, seed=2)
    assert inputs != first
    inputs.clear()
    judged({"double": double}, seed=1, questions=("double",))
    assert inputs[: half - 1] == first[: half - 1]  # the last is `together`'s


def test_one_submission_leaves_nothing_to_the_next(judged):
    calls = []

    def halve(x, state):
        calls.append(x)
        return x * 0, ("halved", x)

    bad, good, empty = judged({"halve": halve}, {}, dict.fromkeys(("double", "halve", "triple")))
    assert bad["unhalve", "goes_back"].status == BLOCKED
    assert set(statuses(good).values()) == {PASSED}
    assert set(statuses(empty).values()) == {Status.MISSING, BLOCKED}


def test_what_was_modified_counts_for_its_own_check_only(judged):
    def double(x):
        x *= 2
        return x

    found = statuses(judged({"double": double}), "double")
    assert found == {"doubles": PASSED, "doubles_nothing": PASSED, "leaves_x_alone": FAILED}


def test_notes_and_output_are_kept(judged):
    def triple(x):
        return (3 * x)[None]

    outcome = judged({"triple": triple}, runner=Talking)["triple", "triples"]
    assert outcome.status == PASSED
    assert len(outcome.notes) == 1
    assert "(1, 4)" in outcome.notes[0]
    assert outcome.printed == "hello\n"
    assert outcome.seconds > 0


def test_the_error_that_decided_is_kept(judged):
    outcome = judged({"double": lambda x: 2.001 * x})["double", "doubles"]
    assert outcome.error == pytest.approx(0.001 / 4.001)
    assert judged({"double": lambda x: x[:2]})["double", "doubles"].error is None


def test_official_messages_hold_no_values(judged):
    bodies = [
        "assert_close(np.array([0.3125]), np.array([0.8125]), what='y')",
        "np.testing.assert_allclose(0.3125, 0.8125)",
        "assert 0.3125 == 0.8125, (0.3125, 0.8125)",
    ]
    outcomes = judged({}, checks=checks_of(*bodies), questions=("double",))
    for outcome in outcomes.values():
        assert outcome.status == FAILED
        assert outcome.message
        assert "0.3125" not in outcome.message
        assert "0.8125" not in outcome.message


def test_arrays_of_a_student_cannot_carry_behaviour(judged):
    class Liar(np.ndarray):
        def __eq__(self, other):
            return True

        def __sub__(self, other):
            return np.zeros(self.shape)

    outcome = judged({"double": lambda x: x.view(Liar)})["double", "doubles"]
    assert outcome.status == Status.BAD_OUTPUT


# What counts for other questions.


def test_a_check_after_the_main_one_counts_for_others_and_an_edge_check_does_not(
    judged, toy_checks
):
    def double(x):
        return 2 * x if x.any() else x + 1

    later = toy_checks.replace(
        '@check("double", edge=True)\ndef test_doubles_nothing',
        '@check("double", after_main=True)\ndef test_doubles_nothing',
    )
    assert later != toy_checks
    for checks, status in ((toy_checks, PASSED), (later, BLOCKED)):
        outcomes = judged({"double": double}, checks=checks)
        assert outcomes["double", "doubles_nothing"].status == FAILED
        assert outcomes["together", "stays_the_same"].status == status


def halve_by_three(x, state):
    state["count"] = state.get("count", 0) + 1
    return x / 3, ("halved", x)


@pytest.mark.parametrize(("once", "status"), [(False, BLOCKED), (True, FAILED)])
def test_what_is_charged_once_blocks_nothing(judged, toy_wrong_answers, once, status):
    charged = "\nCHARGED_ONCE = [halve_by_three]\n" if once else ""
    outcomes = judged({"halve": halve_by_three}, wrong_answers=toy_wrong_answers + charged)
    halves = outcomes["halve", "halves_and_counts"]
    assert (halves.status, halves.diagnosis.charged_once) == (FAILED, once)
    # The toy's own check does not know the mistake, so it fails; but it was run.
    assert outcomes["together", "stays_the_same"].status == status


def test_a_mistake_charged_once_beside_another_blocks_all_the_same(
    judged, toy_checks, toy_wrong_answers
):
    """The second failure has another cause."""
    more = """
@check("halve")
def test_halves_ones(student):
    "Half of one."
    y, _ = student.halve(np.ones(2), {})
    assert_close(y, np.full(2, 0.5), what="y")
"""

    def halve(x, state):
        y, cache = halve_by_three(x, state)
        return (y if len(x) == 4 else y**2), cache

    outcomes = judged(
        {"halve": halve},
        wrong_answers=toy_wrong_answers + "\nCHARGED_ONCE = [halve_by_three]\n",
        checks=toy_checks + more,
    )
    assert outcomes["halve", "halves_and_counts"].diagnosis.charged_once
    assert outcomes["halve", "halves_ones"].status == FAILED
    assert outcomes["together", "stays_the_same"].status == BLOCKED


ASKING = """
@check("unhalve", after_main=True)
def test_asks(student, verdicts):
    "Whatever was found."
    told = verdicts.known_mistake("halve")
    sound = verdicts.is_sound("halve"), verdicts.is_sound("double"), verdicts.is_sound("nobody")
    fail(f"{told.id if told else None} {sound} {verdicts.known_mistake('nobody')}")
"""


@pytest.mark.parametrize(
    ("halve", "found"),
    [
        (None, "None (False, True, False) None"),
        (halve_by_three, "halve-by-three (False, True, False) None"),
        (lambda x, state: (x * 0, ("halved", x)), "None (False, True, False) None"),
    ],
    ids=["missing", "known", "unknown"],
)
def test_a_check_can_ask_what_became_of_others(judged, toy_checks, halve, found):
    outcomes = judged({"halve": halve}, checks=toy_checks + ASKING)
    assert outcomes["unhalve", "asks"].message == found
    right = judged({}, checks=toy_checks + ASKING)
    assert right["unhalve", "asks"].message == "None (True, True, False) None"


def test_a_mistake_that_leaves_nothing_to_follow_is_no_known_mistake(
    judged, toy_checks, toy_wrong_answers
):
    nothing = toy_wrong_answers.replace("[double_of_the_square]\n", "[halve_by_three]\n")
    outcomes = judged({"halve": halve_by_three}, wrong_answers=nothing, checks=toy_checks + ASKING)
    assert outcomes["halve", "halves_and_counts"].diagnosis.id == "halve-by-three"
    assert outcomes["unhalve", "asks"].message.startswith("None (False")
    assert outcomes["unhalve", "goes_back"].status == BLOCKED


def test_what_a_check_names_itself_is_the_diagnosis(judged):
    checks = checks_of(
        "fail('It squares.', mistake='double-of-the-square')",
        "fail('It squares.', mistake='of-another-question')",
    )
    outcomes = judged({}, checks=checks)
    named, unknown = (outcomes["double", name] for name in "01")
    assert (named.message, named.diagnosis.id) == ("It squares.", "double-of-the-square")
    assert (unknown.message, unknown.diagnosis) == ("It squares.", None)


def test_what_no_mistake_explains_is_told_as_what_holds(judged):
    outcome = judged({"double": lambda x: 6 * x})["double", "doubles"]
    assert outcome.diagnosis.id == "pattern-factor"
    assert outcome.diagnosis.text == "Every entry is 3 times what it should be."


# Accepted variants.


def variant_of(name, body, note):
    return f"def {name}(x):\n    '{note}'\n    return {body}\n"


BIT = "2 * x + x * x / 100"
SQUARES = variant_of("double_and_a_bit", BIT, "A bit more. Accepted.")
# The same where x is large, as it is in the main check.
LARGE = "np.where(x > 2.2, 2 * x + x * x / 100, 2 * x + x / 10)"
LARGES = variant_of("double_and_more", LARGE, "More for small x. Accepted.")
VARIANTS = f"import numpy as np\n{SQUARES}{LARGES}"
VARIANTS += "ACCEPTED_VARIANTS = {'double': [double_and_a_bit, double_and_more]}\n"

SMALL = """
@check("double")
def test_doubles_small_numbers(student, reference, rng):
    "Small numbers, too."
    x = rng.uniform(1.0, 2.0, 4)
    assert_close(student.double(x), reference.double(x), what="y")
"""
NOTES = {"a bit": ["A bit more. Accepted."], "more": ["More for small x. Accepted."]}


def double_and_a_bit(x):
    return 2 * x + x * x / 100


def double_and_more(x):
    return np.where(x > 2.2, 2 * x + x * x / 100, 2 * x + x / 10)


@pytest.fixture
def judged_forms(judged, toy_checks):
    """Judges functions where two variants of `double` are accepted."""
    checks = toy_checks.replace(
        "def test_stays_the_same(student, rng)", "def test_stays_the_same(student, reference, rng)"
    ).replace(
        'assert_close(student.double(y), x, what="y")',
        'assert_close(student.double(y), reference.double(x / 2), what="y")',
    )

    def run(*replaced, **parts):
        parts = {"checks": checks + SMALL, "variants": VARIANTS, **parts}
        return judged(*replaced, **parts)

    return run


def notes(outcomes):
    return {key: outcome.notes for key, outcome in outcomes.items() if outcome.notes}


def test_another_form_passes_with_a_note(judged_forms):
    outcomes = judged_forms({"double": double_and_a_bit})
    assert set(statuses(outcomes).values()) == {PASSED}
    assert all(outcome.message == "" for outcome in outcomes.values())
    assert notes(outcomes) == {("double", "doubles"): NOTES["a bit"]}


def test_the_form_of_the_reference_has_no_note(judged_forms):
    outcomes = judged_forms({})
    assert set(statuses(outcomes).values()) == {PASSED}
    assert notes(outcomes) == {}
    assert not any(outcome.by_variant for outcome in outcomes.values())


def test_without_the_variant_that_form_is_wrong(judged_forms):
    outcomes = judged_forms({"double": double_and_a_bit}, variants="")
    assert outcomes["double", "doubles"].status == FAILED
    assert outcomes["together", "stays_the_same"].status == BLOCKED


def test_a_first_guess_can_turn_out_to_be_another_form(judged_forms):
    """In the main check the two forms give the same; the first of them is taken, and given up."""
    outcomes = judged_forms({"double": double_and_more})
    assert set(statuses(outcomes).values()) == {PASSED}
    assert notes(outcomes) == {("double", "doubles"): NOTES["more"]}


def test_a_first_guess_can_turn_out_to_be_the_reference(judged_forms):
    """It is tried again, too, and then there is nothing to note."""

    def double(x):
        return double_and_a_bit(x) if len(x) == 5 else 2 * x

    outcomes = judged_forms({"double": double})
    assert set(statuses(outcomes, "double").values()) == {PASSED}
    assert notes(outcomes) == {}


def test_a_form_is_not_looked_for_where_the_main_check_fails(judged_forms):
    """A function that is right in no form would pass checks here and there by luck."""

    def double(x):
        return double_and_a_bit(x) if len(x) == 4 else x + 1

    outcomes = judged_forms({"double": double})
    assert outcomes["double", "doubles"].status == FAILED
    assert outcomes["double", "doubles_small_numbers"].status == FAILED
    assert notes(outcomes) == {}


def test_what_passes_in_no_form_is_told_against_the_one_found_before(judged_forms):
    inputs = []

    def double(x):
        inputs.append(x)
        return double_and_a_bit(x) if len(x) == 5 else x + 1

    outcomes = judged_forms({"double": double}, questions=("double",))
    small = outcomes["double", "doubles_small_numbers"]
    x = next(x for x in inputs if len(x) == 4)
    assert small.status == FAILED
    assert small.error == relative_errors(x + 1, double_and_a_bit(x), SAME_FORMULA).max()
    assert notes(outcomes) == {("double", "doubles"): NOTES["a bit"]}


def test_only_a_wrong_result_is_tried_against_other_forms(judged_forms):
    calls = []

    def double(x):
        calls.append(x)
        raise KeyError("t")

    judged_forms({"double": double}, questions=("double:doubles",))
    assert len(calls) == 1


def test_the_form_is_found_anew_for_every_submission(judged_forms):
    forms = ({"double": double_and_a_bit}, {}, {"double": double_and_more}, {})
    first, second, third, last = judged_forms(*forms)
    assert notes(first) == {("double", "doubles"): NOTES["a bit"]}
    assert notes(third) == {("double", "doubles"): NOTES["more"]}
    for outcomes in (second, last):
        assert notes(outcomes) == {}
        assert set(statuses(outcomes).values()) == {PASSED}


def test_a_check_asked_for_alone_finds_the_form(judged_forms):
    outcomes = judged_forms(
        {"double": double_and_more}, questions=("double:doubles_small_numbers",)
    )
    assert statuses(outcomes) == {"doubles_small_numbers": PASSED}
    assert notes(outcomes) == {("double", "doubles_small_numbers"): NOTES["more"]}


def test_a_variant_with_a_mistake_is_told_as_the_mistake(judged_forms):
    outcomes = judged_forms({"double": lambda x: x * x})
    assert outcomes["double", "doubles"].diagnosis.id == "double-of-the-square"
    assert notes(outcomes) == {}


# Single checks.


def test_a_check_asked_for_alone_is_judged_with_what_it_builds_on(judged):
    outcomes = judged({"double": lambda x: x}, questions=("together:stays_the_same",))
    assert [question for question, _ in outcomes] == [*["double"] * 3, "halve", "together"]
    assert outcomes["together", "stays_the_same"].status == BLOCKED
    outcomes = judged({}, questions=("double:doubles_nothing",))
    assert statuses(outcomes) == {"doubles_nothing": PASSED}


def test_a_check_that_is_not_there_is_an_error_of_whoever_asks(judged):
    with pytest.raises(UnknownCheck, match=r"double has no check 'nothing'.*doubles_nothing"):
        judged({}, questions=("double:nothing",))


# In place, without a copy, elsewhere.


def test_what_is_updated_in_place_where_it_may_be_is_noted(judged, toy_questions):
    def halve(x, state):
        state.setdefault("total", np.zeros(4))
        state["total"] += x
        state["count"] = state.get("count", 0) + 1
        return x / 2, ("halved", x)

    questions = toy_questions.replace('may_change = ["state"]', 'may_change = ["x", "state"]')

    def halve_x(x, state):
        _, cache = halve(x, state)
        x /= 2
        return x, cache

    outcome = judged({"halve": halve_x}, questions_text=questions)["halve", "halves_and_counts"]
    assert (outcome.status, outcome.notes) == (PASSED, ["x is updated in place. Accepted."])
    outcome = judged({"halve": halve})["halve", "halves_and_counts"]
    assert outcome.notes == []


def test_a_check_can_see_what_was_kept_without_a_copy(judged, toy_checks):
    def halve(x, state):
        state["count"] = state.get("count", 0) + 1
        state["last"] = x
        return x / 2, ("halved", x)

    checks = (
        toy_checks
        + """
@check("halve", edge=True)
def test_keeps_nothing(student, rng):
    "x is not kept."
    student.halve(rng.uniform(1.0, 2.0, 3), {})
    if student.halve.aliased:
        fail(f"kept: {student.halve.aliased}")
"""
    )
    outcomes = judged({"halve": halve}, checks=checks)
    assert outcomes["halve", "keeps_nothing"].message == "kept: ['x']"
    assert judged({}, checks=checks)["halve", "keeps_nothing"].status == PASSED
