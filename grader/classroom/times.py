"""Points in time: a course states them on the clock on its wall; they are compared in UTC.

Two aware datetimes of one zone are compared by Python as their clocks show, so that an hour is lost
or counted twice on the nights when clocks change. Everything that leaves this module is in UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( ?(Z|[+-]\d\d:?\d\d))?)?\Z")


def zone_of(name: str) -> tzinfo:
    """The time zone of that name; ValueError if there is none."""
    if name == "UTC":  # known even where the system has no list of time zones
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"{name!r} is no time zone; write one like `Europe/Berlin` or `UTC`"
            " (where the system has no list of them: pip install tzdata)"
        ) from None


def instant(when: datetime | date, zone: tzinfo) -> datetime:
    """A point in time, in UTC; without an offset it is read on the clocks of `zone`.

    A day alone means its end. In the hour that a clock shows twice in autumn, and in the one that
    it leaves out in spring, the later reading counts: never to a student's disadvantage.
    """
    if not isinstance(when, datetime):
        when = datetime.combine(when, time.max)
    if when.tzinfo is not None:
        return when.astimezone(UTC)
    return max(when.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def parse_time(text: str, zone: tzinfo) -> datetime:
    """The instant in a text like `2026-03-01 23:59`, with or without an offset; ValueError."""
    if not _ISO.match(text):
        raise ValueError(f"{text!r} is no date like 2026-03-01 or 2026-03-01 23:59")
    # Ruby writes nanoseconds and a space before the offset.
    text = re.sub(r"(\.\d{6})\d+", r"\1", text).replace(" Z", "Z")
    text = re.sub(r"(\d) ([+-])", r"\1\2", text)
    try:
        return instant(
            datetime.fromisoformat(text) if ":" in text else date.fromisoformat(text), zone
        )
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is a date that no calendar has") from None


def days_later(due: datetime, days: int, zone: tzinfo) -> datetime:
    """The same time of day on the clocks of `zone`, some days later."""
    return instant(due.astimezone(zone).replace(tzinfo=None) + timedelta(days=days), zone)


def aware(when: datetime) -> datetime:
    """The same point in time in UTC; ValueError if it has no time zone."""
    if when.tzinfo is None:
        raise ValueError(f"{when} has no time zone, so it is no point in time")
    return when.astimezone(UTC)
