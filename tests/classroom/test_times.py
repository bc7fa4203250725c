"""Points in time: zones, the nights when clocks change, and the ways in which times are written."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.times import aware, days_later, instant, parse_time, zone_of

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")


def utc(*fields):
    return datetime(*fields, tzinfo=UTC)


def test_a_local_time_is_read_on_the_clocks_of_the_zone():
    assert instant(datetime(2026, 1, 15, 23, 59), BERLIN) == utc(2026, 1, 15, 22, 59)
    assert instant(datetime(2026, 7, 15, 23, 59), BERLIN) == utc(2026, 7, 15, 21, 59)
    assert instant(datetime(2026, 7, 15, 23, 59), BERLIN).tzinfo is UTC


def test_an_offset_wins_over_the_zone():
    assert instant(utc(2026, 1, 1, 12), BERLIN) == utc(2026, 1, 1, 12)


def test_a_day_alone_means_its_end():
    end = instant(date(2026, 3, 1), BERLIN)
    assert utc(2026, 3, 1, 22, 59, 59) < end < utc(2026, 3, 1, 23)


def test_half_past_two_on_the_nights_when_clocks_change_is_read_as_the_later_one():
    # 2:30 is not on the clocks on 29 March: they go from 2:00 (1:00 UTC) to 3:00.
    assert instant(datetime(2026, 3, 29, 2, 30), BERLIN) == utc(2026, 3, 29, 1, 30)
    # 2:30 is on them twice on 25 October, at 0:30 UTC and at 1:30 UTC.
    assert instant(datetime(2026, 10, 25, 2, 30), BERLIN) == utc(2026, 10, 25, 1, 30)
    assert instant(datetime(2026, 3, 8, 2, 30), NEW_YORK) == utc(2026, 3, 8, 7, 30)
    assert instant(datetime(2026, 11, 1, 1, 30), NEW_YORK) == utc(2026, 11, 1, 6, 30)


@pytest.mark.parametrize(
    ("day", "hours"), [((2026, 3, 28), 23), ((2026, 10, 24), 25), ((2026, 6, 1), 24)]
)
def test_a_day_later_is_the_same_time_on_the_wall(day, hours):
    due = instant(datetime(*day, 23, 59), BERLIN)
    assert days_later(due, 1, BERLIN) - due == timedelta(hours=hours)
    assert days_later(due, 1, BERLIN).astimezone(BERLIN).strftime("%H:%M") == "23:59"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01 23:59", utc(2026, 3, 1, 22, 59)),
        ("2026-03-01T23:59:30", utc(2026, 3, 1, 22, 59, 30)),
        ("2026-03-01 23:59 Z", utc(2026, 3, 1, 23, 59)),
        ("2026-03-01 23:59:00.123456789 Z", utc(2026, 3, 1, 23, 59, 0, 123456)),
        ("2026-03-01 23:59:00.5 -08:00", utc(2026, 3, 2, 7, 59, 0, 500000)),
        ("2026-03-01T23:59:00-0800", utc(2026, 3, 2, 7, 59)),
    ],
)
def test_times_as_they_are_written(text, expected):
    assert parse_time(text, BERLIN) == expected


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "3/5/2026 23:59", "2026-02-30", "2026-03-01 25:00", "20260301", "2026-W09"],
)
def test_what_is_no_time_is_said(text):
    with pytest.raises(ValueError, match="date"):
        parse_time(text, BERLIN)


def test_zones():
    assert zone_of("UTC") is UTC
    assert zone_of("Europe/Berlin").utcoffset(datetime(2026, 7, 1)) == timedelta(hours=2)
    for name in ("Berlin/Europe", "", "../etc/passwd", "Europe"):
        with pytest.raises(ValueError, match="is no time zone"):
            zone_of(name)


def test_a_time_without_a_zone_is_no_point_in_time():
    with pytest.raises(ValueError, match="no time zone"):
        aware(datetime(2026, 1, 1))
    assert aware(datetime(2026, 1, 1, tzinfo=NEW_YORK)) == utc(2026, 1, 1, 5)
