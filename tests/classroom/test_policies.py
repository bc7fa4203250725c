"""A course's rules: what lateness costs, on ordinary days and when clocks change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.policies import (
    Counts,
    Policies,
    Visibility,
    due_for,
    late_days,
    late_penalty,
    read_policies,
)
from grader.manifest import load_manifest
from grader.manual import ManualQuestion
from grader.reader import ManifestError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = timedelta(0)


def berlin(*fields, fold=0):
    return datetime(*fields, tzinfo=BERLIN, fold=fold)


DUE = berlin(2026, 6, 1, 23, 59).astimezone(UTC)
RULES = Policies(zone=BERLIN, due=DUE, late_percent=10.0)


@pytest.mark.parametrize(
    ("submitted", "days"),
    [
        (DUE - timedelta(days=3), 0),
        (DUE, 0),
        (DUE + timedelta(microseconds=1), 1),
        (DUE + timedelta(days=1), 1),
        (DUE + timedelta(days=1, seconds=1), 2),
        (DUE + timedelta(days=10), 10),
    ],
)
def test_a_day_begun_is_a_day(submitted, days):
    late = late_penalty(RULES, submitted, 100.0)
    assert (late.days, late.points) == (days, min(100.0, 10.0 * days))
    assert bool(late.reason) == (days > 0)


@pytest.mark.parametrize(
    ("due", "submitted", "days"),
    [
        # Clocks go forward on 29 March: Saturday 23:59 to Sunday 23:59 is 23 hours.
        (berlin(2026, 3, 28, 23, 59), berlin(2026, 3, 29, 23, 59), 1),
        (berlin(2026, 3, 28, 23, 59), berlin(2026, 3, 29, 23, 59, 30), 2),
        # They go back on 25 October: 25 hours.
        (berlin(2026, 10, 24, 23, 59), berlin(2026, 10, 25, 23, 58), 1),
        (berlin(2026, 10, 24, 23, 59), berlin(2026, 10, 25, 23, 59, 30), 2),
        # Due at 2:30 in the night in which 2:30 comes twice: the first one is early.
        (berlin(2026, 10, 25, 2, 30, fold=1), berlin(2026, 10, 25, 2, 45, fold=0), 0),
        (berlin(2026, 10, 25, 2, 30, fold=1), berlin(2026, 10, 25, 2, 45, fold=1), 1),
        # A late day that would end at 2:30 in the night that has none ends an hour later.
        (berlin(2026, 3, 28, 2, 30), berlin(2026, 3, 29, 3, 30), 1),
        (berlin(2026, 3, 28, 2, 30), berlin(2026, 3, 29, 3, 31), 2),
        # Over both changes.
        (berlin(2026, 3, 1, 12), berlin(2026, 11, 1, 12), 245),
    ],
)
def test_days_are_counted_on_the_clocks_of_the_course(due, submitted, days):
    assert late_days(due, submitted, NOW, BERLIN) == days


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)),
    st.integers(1, 10**7),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_days_never_differ_much_from_24_hours(due, seconds, zone):
    due = due.replace(tzinfo=UTC)
    days = late_days(due, due + timedelta(seconds=seconds), NOW, ZoneInfo(zone))
    assert (seconds - 3700) / 86400 <= days <= (seconds + 3700) / 86400 + 1


def test_minutes_of_grace_come_after_every_day():
    rules = replace(RULES, late_grace=timedelta(minutes=15))
    minute = timedelta(minutes=1)
    assert late_penalty(rules, DUE + 15 * minute, 100.0).days == 0
    assert late_penalty(rules, DUE + 16 * minute, 100.0).days == 1
    assert late_penalty(rules, DUE + timedelta(days=1) + 15 * minute, 100.0).days == 1
    assert late_penalty(rules, DUE + timedelta(days=1) + 16 * minute, 100.0).days == 2


def test_percent_are_of_the_points_to_be_had_and_points_are_points():
    late = DUE + timedelta(days=2)
    assert late_penalty(RULES, late, 50.0).points == 10.0
    assert late_penalty(replace(RULES, late_percent=0, late_points=3.5), late, 50.0).points == 7.0
    assert late_penalty(replace(RULES, late_percent=33.333), late, 1.0).points == 0.67


def test_a_cap():
    late = DUE + timedelta(days=9)
    assert late_penalty(replace(RULES, late_at_most=25), late, 200.0).points == 50.0
    points = replace(RULES, late_percent=0, late_points=20.0)
    assert late_penalty(replace(points, late_at_most=25), late, 200.0).points == 25.0
    assert late_penalty(points, late, 100.0).points == 100.0, "never more than there is"


def test_slip_days_cost_nothing():
    late = late_penalty(replace(RULES, slip_days=2), DUE + timedelta(days=3), 100.0)
    assert (late.days, late.slip_days, late.points) == (3, 2, 10.0)
    assert late.reason == "3 days late, 2 of them slip days"
    one = late_penalty(replace(RULES, slip_days=2), DUE + timedelta(days=1), 100.0)
    assert (one.slip_days, one.points) == (1, 0.0)
    own = late_penalty(RULES, DUE + timedelta(days=3), 100.0, {"slip_days": 5})
    assert (own.slip_days, own.points) == (3, 0.0)
    none = late_penalty(
        replace(RULES, slip_days=2), DUE + timedelta(days=1), 100.0, {"slip_days": 0}
    )
    assert none.points == 10.0


def test_an_extension_moves_the_due_date_but_never_forward():
    later = {"extension": (DUE + timedelta(days=5)).isoformat()}
    assert late_penalty(RULES, DUE + timedelta(days=5), 100.0, later).days == 0
    assert late_penalty(RULES, DUE + timedelta(days=6), 100.0, later).days == 1
    assert due_for(RULES, {"extension": (DUE - timedelta(days=5)).isoformat()}) == DUE
    assert due_for(Policies(), later) is None


def test_what_comes_too_late_is_not_accepted():
    rules = replace(RULES, accepted_until=DUE + timedelta(days=7), slip_days=30)
    assert late_penalty(rules, DUE + timedelta(days=7), 100.0).accepted
    late = late_penalty(rules, DUE + timedelta(days=7, seconds=1), 100.0)
    assert (late.accepted, late.points, late.slip_days) == (False, 100.0, 0)
    assert late.reason == "handed in after 2026-06-08 23:59, when nothing was accepted any more"
    extended = {"extension": (DUE + timedelta(days=9)).isoformat()}
    assert late_penalty(rules, DUE + timedelta(days=9), 100.0, extended).days == 0
    assert not late_penalty(rules, DUE + timedelta(days=9, seconds=1), 100.0, extended).accepted


def test_without_a_due_date_or_a_time_nothing_is_late():
    assert late_penalty(Policies(late_percent=10), DUE, 100.0).days == 0
    assert late_penalty(RULES, None, 100.0).days == 0


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        late_penalty(RULES, datetime(2027, 1, 1), 100.0)


def test_when_a_check_is_seen():
    rules = Policies(
        visibility=Visibility.AFTER_DUE_DATE,
        checks={"a": Visibility.HIDDEN, "a.one": Visibility.VISIBLE},
    )
    assert rules.visibility_of("a", "one") is Visibility.VISIBLE
    assert rules.visibility_of("a", "two") is Visibility.HIDDEN
    assert rules.visibility_of("b", "one") is Visibility.AFTER_DUE_DATE


# [class] in the manifest.


@pytest.fixture
def policies(tmp_path, sentences, toy):
    text = toy(recorded=False).manifest.read_text(encoding="utf-8")

    def read(section):
        path = tmp_path / "questions.toml"
        path.write_text(text.replace("[limits]", f"{section}\n[limits]", 1), encoding="utf-8")
        return read_policies(load_manifest(path))

    return read


def test_the_projects_own_rules_are_sound(manifest):
    assert read_policies(manifest).counts in Counts


def test_nothing_need_be_said(policies):
    assert policies("") == policies("[class]") == Policies()


def test_everything_can_be_said(policies):
    rules = policies(
        """[class]
time_zone = "Europe/Berlin"
due = 2026-06-01T23:59:00
late_points = 5
late_grace_minutes = 10
late_at_most = 20
accepted_until = 2026-06-08
slip_days = 3
counts = "last_on_time"
bonus_counts = true
visibility = "after_due_date"
diagnoses = 3
[class.checks]
double = "hidden"
"double.follows" = "visible"
"""
    )
    assert (rules.zone, rules.due) == (BERLIN, DUE)
    assert (rules.late_percent, rules.late_points, rules.late_at_most) == (0.0, 5.0, 20.0)
    assert rules.late_grace == timedelta(minutes=10)
    assert rules.accepted_until.astimezone(BERLIN).strftime("%m-%d %H:%M:%S") == "06-08 23:59:59"
    assert (rules.slip_days, rules.counts, rules.bonus_counts) == (3, Counts.LAST_ON_TIME, True)
    assert rules.visibility is Visibility.AFTER_DUE_DATE
    assert rules.checks == {"double": Visibility.HIDDEN, "double.follows": Visibility.VISIBLE}
    assert [rules.shows_diagnoses(n) for n in (1, 2, 3, 4)] == [False, False, True, True]


def test_diagnoses_always_or_never(policies):
    assert policies('[class]\ndiagnoses = "always"').shows_diagnoses(1)
    assert not policies('[class]\ndiagnoses = "never"').shows_diagnoses(1000)


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ('time_zone = "Berlin"', "class: `time_zone`: 'Berlin' is no time zone"),
        ('due = "2026-06-01"', "`due` must be a date without quotes"),
        ("due = 12:00:00", "`due` must be a date"),
        ("due = 0001-01-01T00:00:00+23:00", "`due` is out of range"),
        ("late_percent = -1", "`late_percent` must be 0 or more"),
        ("late_percent = nan", "`late_percent` must be 0 or more"),
        ("late_percent = 101", "more than 100 percent"),
        ("late_percent = 5\nlate_at_most = 101", "more than 100 percent"),
        ("late_percent = 1\nlate_points = 1", "not both"),
        ("slip_days = 1.5", "`slip_days` must be a int"),
        ("accepted_until = 2026-01-01", "needs `due`"),
        ("due = 2026-01-02\naccepted_until = 2026-01-01", "before `due`"),
        ('counts = "first"', '`counts` must be one of "best", "last", "last_on_time"'),
        ("counts = []", "`counts` must be one of"),
        ('visibility = "no"', "`visibility` must be one of"),
        ("diagnoses = 0", "`diagnoses` must be"),
        ("diagnoses = true", "`diagnoses` must be"),
        ('checks = {quintuple = "hidden"}', "there is no question quintuple"),
        ('checks = {double = "no"}', "class.checks: `double` must be one of"),
        ("colour = 1", "class: unknown key `colour`"),
    ],
)
def test_what_is_wrong_is_said(policies, section, told):
    with pytest.raises(ManifestError) as error:
        policies(f"[class]\n{section}")
    assert told in str(error.value)


def test_whether_marks_are_part_of_the_total(policies):
    assert not policies("").manual_counts
    counting = policies("[class]\nmanual_counts = true")
    assert (counting.manual_counts, counting.manual, counting.manual_points) == (True, (), 0.0)
    asked = (ManualQuestion("why", "Why", "tiny", 2), ManualQuestion("how", "How", "tiny", 3))
    assert replace(counting, manual=asked).manual_points == 5.0
    assert replace(counting, manual=asked, manual_counts=False).manual_points == 0.0
    with pytest.raises(ManifestError, match="`manual_counts` must be a bool"):
        policies("[class]\nmanual_counts = 1")
