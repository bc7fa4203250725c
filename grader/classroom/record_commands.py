"""What the commands do that change by hand what is on record: override, overrides, purge."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from grader.classroom.commands import opened, storable
from grader.classroom.gradebook import Gradebook
from grader.classroom.grades import Grade, final_grade, final_grades
from grader.classroom.grading import now
from grader.classroom.policies import Policies, read_policies
from grader.classroom.records import Student
from grader.commands import BELOW, DONE, UsageError
from grader.intake.names import shown
from grader.manifest import Manifest, load_manifest
from grader.project import find_project
from grader.reports import overrides
from grader.reports.plain import wrapped, write


def override_command(
    gradebook: Path,
    student: str,
    score: float,
    *,
    question: str = "",
    author: str = "",
    reason: str = "",
    above_maximum: bool = False,
) -> int:
    """Put a person's score in place of the measured one, and say what changed; the exit code."""
    manifest = load_manifest(find_project().manifest)
    policies = read_policies(manifest)
    author, reason = storable(author), storable(reason)
    if not author or not reason:
        raise UsageError(
            "Say who decides with --author, and why with --reason: both are kept with the score."
        )
    if not math.isfinite(score) or score < 0:
        raise UsageError(f"A score is a number of points, 0 or more, and not {score:g}.")
    with opened(gradebook, policies) as book:
        before = _grade(book, policies, student)
        most = _most(before, manifest, policies, question)
        if score > most and not above_maximum:
            of = f" for {question}" if question else ""
            raise UsageError(
                f"{score:g} is more than the {most:g} points to be had{of}; --above-maximum "
                "gives it all the same."
            )
        book.add_override(
            student, score, question=question, author=author, reason=reason, now=now()
        )
        after = final_grade(book, policies, student)
    write(overrides.change_to_text(before, after, question))
    return DONE


def overrides_command(gradebook: Path) -> int:
    """List the scores that persons have given, and what each grade is with them."""
    policies = read_policies(load_manifest(find_project().manifest))
    with opened(gradebook, policies) as book:
        given = [
            (grade, rows)
            for grade in final_grades(book, policies)
            if (rows := book.overrides(grade.student.id))
        ]
    write(overrides.list_to_text(given, policies.zone))
    return DONE


def _grade(book: Gradebook, policies: Policies, student: str) -> Grade:
    try:
        return final_grade(book, policies, student)
    except KeyError:
        raise UsageError(
            f"{book.path} holds no student {shown(student)}; `grader class export` lists them."
        ) from None


def _most(grade: Grade, manifest: Manifest, policies: Policies, question: str) -> float:
    """The points to be had, in the attempt that counts or, without one, by the manifest.

    UsageError if there is no such question to correct.
    """
    attempt = grade.attempt
    if not question:
        if attempt is not None:
            most, bonus = attempt.max_score, attempt.max_bonus
        else:
            most = float(sum(q.points for q in manifest.questions if not q.bonus))
            bonus = float(sum(q.points for q in manifest.questions if q.bonus))
        most += policies.manual_points
        return most + bonus if policies.bonus_counts else most
    parts = attempt.result["questions"] if attempt is not None else []
    worth = {part["name"]: float(part["max_score"]) for part in parts}
    names = worth or [one.name for one in manifest.questions]
    if question not in names:
        raise UsageError(f"There is no question {question!r}. There are: {', '.join(names)}.")
    if not worth:
        raise UsageError(
            f"Nothing that {shown(grade.student.id)} has handed in is graded, so there is no "
            "question to correct: leave --question out to give a total."
        )
    return worth[question]


def purge_command(gradebook: Path, student: str, *, yes: bool = False) -> int:
    """Remove a student and what only they have, once that is confirmed; the exit code.

    Where the answer is no, everything stays, and the exit code is 1.
    """
    student = storable(student)
    with opened(gradebook) as book:
        found = {one.id: one for one in book.students()}.get(student)
        if found is None:
            # A purge that was cut short, or that another program kept from the log, ends here.
            book.purge(student)
            raise UsageError(
                f"{gradebook} holds no student {shown(student)}, nor the bytes of any who was "
                "removed."
            )
        if not yes and not _confirmed(gradebook, found, len(book.deliveries(student))):
            print("Nothing was removed.")
            return BELOW
        book.purge(student)
        mentions = list(_mentions(book, found))
    print(f"{gradebook} holds nothing of {shown(student)} any more.")
    if mentions:
        said = f"The reasons given for {', '.join(mentions)} have {shown(student)} in their words"
        write(wrapped(f"{said}, and stay."))
    print("Pages, exports, downloads and copies of the gradebook are yours to remove.")
    return DONE


def _mentions(book: Gradebook, gone: Student) -> Iterator[str]:
    """What has a student's id or name in its reason: words of the staff's, which nobody edits."""
    names = "|".join(re.escape(name) for name in (gone.id, gone.name) if name)
    named = re.compile(rf"(?<!\w)({names})(?!\w)", re.IGNORECASE)
    for run in book.runs():
        if named.search(run.reason):
            yield f"run {run.number}"
    for student in book.students():
        if any(named.search(row["reason"]) for row in book.overrides(student.id)):
            yield f"a score of {shown(student.id)}"


def _confirmed(gradebook: Path, student: Student, submissions: int) -> bool:
    """Ask on the terminal; UsageError if there is none."""
    if not sys.stdin.isatty():
        raise UsageError(
            f"To remove {shown(student.id)} from {gradebook} for good, add --yes: there is no "
            "terminal to ask on."
        )
    name = f" ({shown(student.name)})" if student.name else ""
    count = "1 submission" if submissions == 1 else f"{submissions} submissions"
    print(f"{shown(student.id)}{name}: {count}, every answer, result, penalty, mark and score.")
    try:
        answer = input(f"Remove all of it from {gradebook}, for good? [y/N] ")
    except EOFError:
        print()
        return False
    return answer.strip().lower() in ("y", "yes")
