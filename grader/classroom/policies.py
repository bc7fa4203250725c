"""A course's rules: when work is due, what lateness costs, which attempt counts, what is shown.

They are the manifest's [class]; what differs for one student comes from the roster, through the
gradebook. Everything here is a pure function of them.

A late day ends at the same time of day on the course's clocks, not after 24 hours: on the nights
when clocks change the two differ by an hour, and students were told "until tomorrow, 23:59".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, TypeVar

from grader.classroom.times import aware, days_later, instant, zone_of
from grader.manifest import Manifest
from grader.manual import ManualQuestion
from grader.reader import Reader

LONGEST_DAYS = 3650
E = TypeVar("E", bound=StrEnum)


class Counts(StrEnum):
    """Which of a student's attempts is graded."""

    BEST = "best"
    LAST = "last"
    LAST_ON_TIME = "last_on_time"


class Visibility(StrEnum):
    """When students see the result of an official check."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Policies:
    """The rules of a course.

    late_percent: of the points to be had, late_points: points; for each day, one of them is 0
    late_at_most: in the unit of the other, 0 for no limit
    diagnoses: shown from this attempt on; None: never
    manual: what persons mark; manual_counts: as part of the total
    """

    zone: tzinfo = UTC
    due: datetime | None = None
    late_percent: float = 0.0
    late_points: float = 0.0
    late_grace: timedelta = timedelta(0)
    late_at_most: float = 0.0
    accepted_until: datetime | None = None
    slip_days: int = 0
    counts: Counts = Counts.BEST
    bonus_counts: bool = False
    visibility: Visibility = Visibility.VISIBLE
    checks: Mapping[str, Visibility] = field(default_factory=dict)
    diagnoses: int | None = 1
    manual_counts: bool = False
    manual: tuple[ManualQuestion, ...] = ()

    @property
    def manual_points(self) -> float:
        """The points that persons can give, where they are part of the total; else 0."""
        return float(sum(one.points for one in self.manual)) if self.manual_counts else 0.0

    def visibility_of(self, question: str, check: str) -> Visibility:
        """When students see a check: its own rule, its question's, or the one for all."""
        for key in (f"{question}.{check}", question):
            if key in self.checks:
                return self.checks[key]
        return self.visibility

    def shows_diagnoses(self, attempts: int) -> bool:
        """Whether a student who has handed in so often reads which mistake explains a failure."""
        return self.diagnoses is not None and attempts >= self.diagnoses


@dataclass(frozen=True)
class Late:
    """How late a submission is, and what that costs.

    days: begun after the due date; slip_days: of them, those that cost nothing
    points: taken off; accepted: False if it came too late to count at all
    """

    days: int = 0
    slip_days: int = 0
    points: float = 0.0
    accepted: bool = True
    reason: str = ""


def due_for(policies: Policies, details: Mapping[str, Any]) -> datetime | None:
    """When a student's work is due: their extension, where they have one that is later."""
    extension = details.get("extension")
    if extension is None or policies.due is None:
        return policies.due
    return max(policies.due, aware(datetime.fromisoformat(extension)))


def late_penalty(
    policies: Policies,
    submitted_at: datetime | None,
    max_score: float,
    details: Mapping[str, Any] | None = None,
) -> Late:
    """What is taken off for handing in at that time.

    details: the student's, from the roster (`extension`, `slip_days`)

    A submission whose time nobody knows is on time. ValueError for a time without a zone.
    """
    details = details or {}
    due = due_for(policies, details)
    if due is None or submitted_at is None:
        return Late()
    submitted_at = aware(submitted_at)
    days = late_days(due, submitted_at, policies.late_grace, policies.zone)
    if not days:
        return Late()
    until = policies.accepted_until
    if until is not None and submitted_at > max(until, due) + policies.late_grace:
        end = until.astimezone(policies.zone).strftime("%Y-%m-%d %H:%M")
        reason = f"handed in after {end}, when nothing was accepted any more"
        return Late(days, 0, max_score, False, reason)
    slipped = min(days, int(details.get("slip_days", policies.slip_days)))
    points = _points(policies, days - slipped, max_score)
    reason = f"{days} day{'s' * (days > 1)} late"
    if slipped:
        reason += f", {slipped} of them slip days"
    return Late(days, slipped, points, True, reason)


def late_days(due: datetime, submitted_at: datetime, grace: timedelta, zone: tzinfo) -> int:
    """The days begun between two instants, on the clocks of `zone`; 0 if it is on time."""
    late = aware(submitted_at) - aware(due) - grace
    if late <= timedelta(0):
        return 0
    days = max(1, late.days - 1)  # clocks may have been changed by some hours in between
    while days < LONGEST_DAYS and submitted_at > days_later(due, days, zone) + grace:
        days += 1
    return days


def _points(policies: Policies, days: int, max_score: float) -> float:
    rate = policies.late_percent or policies.late_points
    off = rate * days
    if policies.late_at_most:
        off = min(off, policies.late_at_most)
    if policies.late_percent:
        off *= max_score / 100
    return round(min(off, max_score), 2)


def read_policies(manifest: Manifest) -> Policies:
    """The manifest's [class], with defaults for what it leaves out; raises ManifestError."""
    read, table = Reader(manifest.path), dict(manifest.classroom)
    where = "class"
    try:
        zone = zone_of(read.take(table, where, "time_zone", str, "UTC"))
    except ValueError as error:
        raise read.fail(where, f"`time_zone`: {error}") from None
    numbers = {
        key: read.take(table, where, key, float, 0.0)
        for key in ("late_percent", "late_points", "late_grace_minutes", "late_at_most")
    }
    slip_days = read.take(table, where, "slip_days", int, 0)
    for key, number in {**numbers, "slip_days": slip_days}.items():
        if not 0 <= number < 1e6:
            raise read.fail(where, f"`{key}` must be 0 or more")
    if numbers["late_percent"] and numbers["late_points"]:
        raise read.fail(where, "give `late_percent` or `late_points`, not both")
    if numbers["late_percent"] > 100 or (numbers["late_percent"] and numbers["late_at_most"] > 100):
        raise read.fail(where, "more than 100 percent cannot be taken off")
    due = _time(read, table, "due", zone)
    until = _time(read, table, "accepted_until", zone)
    if until is not None and due is None:
        raise read.fail(where, "`accepted_until` needs `due`")
    if due is not None and until is not None and until < due:
        raise read.fail(where, "`accepted_until` is before `due`")
    policies = Policies(
        zone,
        due,
        numbers["late_percent"],
        numbers["late_points"],
        timedelta(minutes=numbers["late_grace_minutes"]),
        numbers["late_at_most"],
        until,
        slip_days,
        _choice(read, where, "counts", Counts, table.pop("counts", Counts.BEST)),
        read.take(table, where, "bonus_counts", bool, False),
        _choice(read, where, "visibility", Visibility, table.pop("visibility", Visibility.VISIBLE)),
        _checks(read, manifest, read.take(table, where, "checks", dict, {})),
        _diagnoses(read, table.pop("diagnoses", "always")),
        read.take(table, where, "manual_counts", bool, False),
        manifest.manual,
    )
    read.nothing_left(table, where)
    return policies


def _time(read: Reader, table: dict[str, Any], key: str, zone: tzinfo) -> datetime | None:
    when = table.pop(key, None)
    if when is None:
        return None
    if not isinstance(when, date):  # a datetime is one too
        raise read.fail("class", f"`{key}` must be a date without quotes, like 2026-03-01T23:59:00")
    try:
        return instant(when, zone)
    except OverflowError:
        raise read.fail("class", f"`{key}` is out of range") from None


def _choice(read: Reader, where: str, key: str, kind: type[E], value: Any) -> E:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(f'"{one}"' for one in kind)
        raise read.fail(where, f"`{key}` must be one of {known}, not {value!r}") from None


def _checks(read: Reader, manifest: Manifest, table: Mapping[str, Any]) -> dict[str, Visibility]:
    names = {question.name for question in manifest.questions}
    for key in table:
        if key.partition(".")[0] not in names:
            raise read.fail("class.checks", f"there is no question {key.partition('.')[0]}")
    return {
        key: _choice(read, "class.checks", key, Visibility, value) for key, value in table.items()
    }


def _diagnoses(read: Reader, value: Any) -> int | None:
    if value in ("always", "never"):
        return 1 if value == "always" else None
    if type(value) is not int or not 1 <= value < 1e6:
        raise read.fail("class", '`diagnoses` must be "always", "never" or a number of attempts')
    return value
