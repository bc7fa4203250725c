"""What a regrade changed: in words for a terminal, and as a CSV."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from grader.classroom.changes import Change, CheckChange, Comparison
from grader.classroom.records import Run
from grader.classroom.tables import harmless, points, written
from grader.reports.plain import one_line, sided, wrapped
from grader.results import Status

COLUMNS = (
    *("student", "name", "submission", "from_run", "to_run", "from_score", "to_score", "change"),
    *("from_bonus", "to_bonus", "question", "check", "from_status", "to_status"),
    *("from_check_score", "to_check_score", "from_diagnosis", "to_diagnosis"),
)
SHOWN = 12  # checks of one student
UNEXPLAINED = (Status.PASSED, Status.ERROR)  # there is nothing for a known mistake to explain


def to_text(found: Comparison, runs: Mapping[int, Run]) -> Iterator[str]:
    """The lines of the report: what was compared, then by check, then by student."""
    yield from wrapped(_headline(found))
    for (older, newer), count in sorted(found.runs.items()):
        yield from wrapped(f"{_pair(runs[older], runs[newer])}: {count}.", 2, hanging=2)
    if found.new:
        yield from wrapped(f"With nothing before to compare with: {found.new}.", 2)
    if not found.changes:
        return
    yield from ("", "By check")
    yield from _by_check(found)
    yield from ("", "By student")
    for change in sorted(found.changes, key=lambda one: (-abs(one.points), one.student.id)):
        yield from _student(change)


def _headline(found: Comparison) -> str:
    changed = [change for change in found.changes if change.score_changed]
    if not found.compared:
        return "Nothing has been graded twice, so there is nothing to compare."
    said = f"{found.compared} submissions compared: {_count(len(changed), 'score')} changed"
    up, down = sum(c.points > 0 for c in changed), sum(c.points < 0 for c in changed)
    if changed:
        said += f" ({up} up, {down} down"
        rest = len(changed) - up - down
        said += f", {rest} in the bonus or withheld)" if rest else ")"
    same = len(found.changes) - len(changed)
    if same:
        said += f"; {same} more with the same score and another verdict or explanation"
    return said + "."


def _pair(older: Run, newer: Run) -> str:
    changed = "the same grader" if older.grader == newer.grader else "a changed grader"
    inputs = "the same hidden inputs" if older.seed == newer.seed else "new hidden inputs"
    return (
        f"Run {newer.number} ({one_line(newer.reason)}) against run {older.number} "
        f"({one_line(older.reason)}), {changed}, {inputs}"
    )


def _by_check(found: Comparison) -> Iterator[str]:
    groups: dict[tuple[str, str], list[CheckChange]] = defaultdict(list)
    for change in found.changes:
        for check in change.checks:
            groups[check.question, check.name].append(check)
    for (question, _), checks in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        yield from wrapped(f"{len(checks):>4}  {question}: {checks[0].title}", hanging=6)
        turns = Counter(_turn(check) for check in checks)
        said = [f"{turn} ({count})" for turn, count in turns.most_common()]
        yield from wrapped("; ".join(said), 6)
        mistakes = Counter(told for check in checks if (told := _mistake(check)))
        for told, count in mistakes.most_common():
            yield from wrapped(f"{told} ({count})", 6)


def _student(change: Change) -> Iterator[str]:
    before, after = change.before, change.after
    name = change.student.id + (f" ({change.student.name})" if change.student.name else "")
    said = f"{_points(before.score)} to {_points(after.score)}"
    if change.points:
        said += f"  {change.points:+g}"
    yield sided(name, said, 2)
    if before.bonus != after.bonus:
        yield from wrapped(f"bonus {_points(before.bonus)} to {_points(after.bonus)}", 6)
    if change.corrected:
        yield from wrapped("a person has given a score; that stays", 6)
    for check in change.checks[:SHOWN]:
        told = _mistake(check)
        text = f"{check.question}: {check.name}: {_turn(check)}" + (f"; {told}" if told else "")
        yield from wrapped(text, 6, hanging=2)
    if len(change.checks) > SHOWN:
        yield f"      and {len(change.checks) - SHOWN} more checks"


def _turn(check: CheckChange) -> str:
    if not check.before:
        return f"new, {check.after}"
    if not check.after:
        return f"no longer there, was {check.before}"
    if check.before != check.after:
        return f"{check.before} to {check.after}"
    if check.score_before != check.score_after:
        return (
            f"{check.after}, {_points(check.score_before)} to {_points(check.score_after)} points"
        )
    return f"still {check.after}"


def _mistake(check: CheckChange) -> str:
    before, after = check.mistake_before, check.mistake_after
    if before == after or check.after in UNEXPLAINED:
        return ""
    if before and after:
        return f"{before} is now {after}"
    return f"now explained by {after}" if after else f"no longer explained by {before}"


def to_csv(found: Comparison) -> str:
    """One row for each check that changed; of a student without any, one row."""
    rows = [list(COLUMNS)]
    for change in found.changes:
        before, after = change.before, change.after
        own = [harmless(change.student.id), harmless(change.student.name), change.submission]
        own += [str(before.run), str(after.run)]
        own += [points(before.score), points(after.score), f"{change.points:.2f}"]
        own += [points(before.bonus), points(after.bonus)]
        for check in change.checks:
            texts = [check.question, check.name, check.before, check.after]
            texts += [points(check.score_before), points(check.score_after)]
            rows.append([*own, *texts, check.mistake_before, check.mistake_after])
        if not change.checks:
            rows.append([*own, *[""] * (len(COLUMNS) - len(own))])
    return written(rows)


def _points(score: float | None) -> str:
    return "withheld" if score is None else f"{score:g}"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
