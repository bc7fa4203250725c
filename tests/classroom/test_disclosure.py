"""What students may see, and when: one answer for every writer."""

from datetime import UTC, datetime, timedelta

import pytest

from grader.classroom.disclosure import Disclosure, disclosure_to, shown_to_student
from grader.classroom.policies import Policies, Visibility
from grader.reports.gradescope import to_gradescope
from grader.results import to_dict

AFTER, HIDDEN, VISIBLE = Visibility.AFTER_DUE_DATE, Visibility.HIDDEN, Visibility.VISIBLE
DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def closed(now, details=(), **rules):
    return disclosure_to(Policies(due=DUE, **rules), dict(details), 1, now).closed


def test_a_due_date_passes_after_it_and_its_grace():
    assert [closed(DUE + late) for late in (-HOUR, timedelta(0), timedelta(seconds=1))] == [
        False,
        False,
        True,
    ]
    assert not closed(DUE + HOUR, late_grace=2 * HOUR)
    assert closed(DUE + 3 * HOUR, late_grace=2 * HOUR)


def test_an_extension_counts_and_so_does_the_last_day_for_late_work():
    extension = {"extension": "2026-03-02T12:00:00+00:00"}
    assert not closed(DUE + HOUR, extension)
    assert closed(DUE + 25 * HOUR, extension)
    assert not closed(DUE + HOUR, accepted_until=DUE + 2 * HOUR)
    assert closed(DUE + 3 * HOUR, accepted_until=DUE + 2 * HOUR)
    assert not closed(DUE + 3 * HOUR, extension, accepted_until=DUE + 2 * HOUR)


def test_without_a_due_date_none_has_passed():
    assert not disclosure_to(Policies(), {}, 1, datetime(2999, 1, 1, tzinfo=UTC)).closed


def test_a_clock_without_a_zone_is_none():
    with pytest.raises(ValueError, match="time zone"):
        closed(datetime(2026, 3, 1, 12))


def test_a_closed_due_date_shows_what_waited_for_it_and_nothing_more():
    rules = Policies(checks={"a": AFTER, "b": HIDDEN})
    for is_closed, expected in ((False, AFTER), (True, VISIBLE)):
        disclosure = Disclosure(rules, closed=is_closed)
        found = [disclosure.visibility_of(name, "check") for name in ("a", "b", "c")]
        assert found == [expected, HIDDEN, VISIBLE]
        assert [disclosure.shows(name, "check") for name in "abc"] == [is_closed, False, True]


def test_nothing_is_left_out_of_a_result_that_may_be_seen(result_of):
    tree = to_dict(result_of(0, 10, 3))
    assert shown_to_student(tree, Disclosure(Policies())) == tree


def test_what_is_hidden_is_not_there_and_neither_are_the_totals(result_of):
    tree = to_dict(result_of(60, 10, 3))
    shown = shown_to_student(tree, Disclosure(Policies(checks={"extra": HIDDEN, "second": AFTER})))
    assert [question["name"] for question in shown["questions"]] == ["first"]
    assert (shown["score"], shown["bonus"]) == (None, None)
    assert (tree["score"], len(tree["questions"])) == (70, 3), "the result itself is as it was"
    assert "second_follows" not in str(shown)


def test_diagnoses_go_alone(result_of):
    shown = shown_to_student(to_dict(result_of(0, 0, 0)), Disclosure(Policies(diagnoses=None)))
    assert {check["diagnosis"] for q in shown["questions"] for check in q["checks"]} == {None}
    assert shown["score"] == 0


@pytest.mark.parametrize("rule", Visibility)
@pytest.mark.parametrize("diagnoses", [None, 1, 2])
def test_gradescope_and_the_pages_show_the_same(manifest, result_of, rule, diagnoses):
    """Before the due date, on a first attempt."""
    rules = Policies(checks={"second": rule}, diagnoses=diagnoses)
    result = result_of(0, 10, 3)
    tests = to_gradescope(result, manifest, rules)["tests"]
    theirs = {t["extra_data"]["check"] for t in tests if t["visibility"] == "visible"}
    told = "Exactly what" in str([t for t in tests if t["visibility"] == "visible"])
    shown = shown_to_student(to_dict(result), Disclosure(rules))
    ours = {check["name"] for question in shown["questions"] for check in question["checks"]}
    assert theirs == ours
    assert told == ("Exactly what" in str(shown["questions"]))
