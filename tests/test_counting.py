"""Points, from the outcomes of checks: shares, what counts when, and what cannot be counted."""

from types import SimpleNamespace

import pytest

from grader.counting import count_questions, printable
from grader.manifest import load_manifest
from grader.outcomes import Outcome
from grader.plugin import CheckSpec
from grader.results import Diagnosis, Status

PASSED, FAILED, ERROR = Status.PASSED, Status.FAILED, Status.ERROR


@pytest.fixture
def toy_manifest(toy):
    return load_manifest(toy(recorded=False).manifest)


def spec(name, weight=1, *, edge=False, after_main=False, question="double"):
    return CheckSpec(name, question, f"It is {name}", weight, edge, after_main or edge, ())


MAIN, LATER, EDGE = spec("main", 2), spec("later", after_main=True), spec("edge", edge=True)


@pytest.fixture
def count(toy_manifest):
    """Counts what a judge would hold: `count([specs], {name: status or Outcome}, selected=...)`."""

    def run(specs, found, *, selected=None):
        outcomes = {}
        for each in specs:
            if each.name in found:
                value = found[each.name]
                outcome = value if isinstance(value, Outcome) else Outcome(each, value)
                outcomes[each.question, each.name] = outcome
        return count_questions(
            SimpleNamespace(
                manifest=toy_manifest,
                all_specs=specs,
                specs={each.name: each for each in specs if each.name in found},
                outcomes=outcomes,
                selected=selected or [question.name for question in toy_manifest.questions],
            )
        )

    return run


def scores(question):
    return {check.name: check.score for check in question.checks}


def test_points_are_shared_by_weight(count):
    (question,) = count([MAIN, LATER, EDGE], dict.fromkeys(("main", "later", "edge"), PASSED))
    assert (question.name, question.title) == ("double", "Twice as much")
    assert scores(question) == {"main": 20.0, "later": 10.0, "edge": 10.0}
    assert (question.score, question.max_score, question.bonus) == (40.0, 40.0, False)


def test_shares_add_up_whatever_the_weights(count):
    specs = [spec(f"c{n}", weight) for n, weight in enumerate((1, 3, 7, 5, 1, 1, 13))]
    (question,) = count(specs, {each.name: PASSED for each in specs})
    assert question.score == question.max_score == 40.0
    assert sum(check.max_score for check in question.checks) == pytest.approx(40.0)


def test_the_main_check_comes_first_wherever_it_was_collected(count):
    found = dict.fromkeys(("main", "later", "edge"), PASSED)
    (question,) = count([EDGE, LATER, MAIN], found)
    assert list(scores(question)) == ["main", "later", "edge"]


@pytest.mark.parametrize("status", [s for s in Status if s not in (PASSED, ERROR)])
def test_what_comes_after_the_main_check_counts_once_that_passes(count, toy_manifest, status):
    (question,) = count(
        [MAIN, LATER, EDGE, spec("other")],
        {"main": status, "later": PASSED, "edge": PASSED, "other": PASSED},
    )
    assert scores(question) == {"main": 0.0, "other": 8.0, "later": 0.0, "edge": 0.0}
    assert question.score == 8.0
    notes = {check.name: check.notes for check in question.checks}
    waiting = [toy_manifest.say("not_counted", check="It is main")]
    assert notes == {"main": [], "other": [], "later": waiting, "edge": waiting}
    assert {check.status for check in question.checks} == {status, PASSED}


def test_what_fails_after_the_main_check_is_told_nothing_more(count):
    (question,) = count([MAIN, LATER], {"main": FAILED, "later": FAILED})
    assert question.checks[1].notes == []
    assert question.score == 0.0


def test_only_the_first_check_is_the_main_one(count):
    (question,) = count(
        [MAIN, spec("other"), EDGE], {"main": PASSED, "other": FAILED, "edge": PASSED}
    )
    assert scores(question) == {"main": 20.0, "other": 0.0, "edge": 10.0}


def test_a_check_run_alone_counts_by_itself(count):
    (question,) = count([MAIN, LATER, EDGE], {"edge": PASSED})
    assert scores(question) == {"edge": 10.0}
    assert (question.score, question.max_score) == (10.0, 10.0)
    assert question.checks[0].notes == []


def test_an_error_of_the_graders_own_withholds_the_question(count):
    (question,) = count([MAIN, EDGE], {"main": PASSED, "edge": ERROR})
    assert scores(question) == {"main": pytest.approx(80 / 3, abs=0.01), "edge": None}
    assert (question.score, question.max_score) == (None, 40.0)


def test_only_what_was_asked_for_and_run_is_counted_in_the_manifests_order(count):
    specs = [spec("t", question="triple"), MAIN, spec("h", question="halve")]
    found = {"t": PASSED, "main": PASSED, "h": FAILED}
    assert [question.name for question in count(specs, found)] == ["double", "halve", "triple"]
    some = count(specs, found, selected=["triple", "double", "together"])
    assert [(question.name, question.bonus) for question in some] == [
        ("double", False),
        ("triple", True),
    ]
    assert count(specs, {}) == []


def test_everything_a_check_found_is_in_its_result(count):
    diagnosis = Diagnosis("some-mistake", "This.", "double")
    outcome = Outcome(
        MAIN, FAILED, "a\x1bb", error=0.5, diagnosis=diagnosis, notes=["Note."], seconds=1.23456789
    )
    ((check,),) = (question.checks for question in count([MAIN], {"main": outcome}))
    assert (check.name, check.title, check.status) == ("main", "It is main", FAILED)
    assert (check.message, check.relative_error, check.diagnosis) == ("a?b", 0.5, diagnosis)
    assert (check.notes, check.seconds) == (["Note."], 1.2346)
    assert outcome.notes == ["Note."]


def test_counting_twice_gives_the_same(count):
    outcome = Outcome(EDGE, PASSED)
    found = {"main": FAILED, "edge": outcome}
    assert count([MAIN, EDGE], found) == count([MAIN, EDGE], found)
    assert outcome.notes == []


def test_printable_keeps_what_can_be_read():
    assert printable("é 中 ε\n\tx\r\x00\x1b[0m\u202e") == "é 中 ε\n    x???[0m?"
