"""What stands out in a class: failures that nobody has an explanation for, and who is alike."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from grader.classroom.summary import Summary, Symptom

# A failure without a known mistake that this many share is more likely the check's fault, or a
# mistake that the course teaches, than so many equal accidents.
SHARED_BY, SHARED_SHARE = 4, 0.05
# A mistake is rare if at most this many make it; two of them in common are worth a look.
RARE, IN_COMMON = 3, 2


@dataclass(frozen=True)
class Cluster:
    """Students who fail alike, in one question, in one or more checks."""

    question: str
    symptoms: tuple[Symptom, ...]
    students: tuple[int, ...]
    suspicious: bool  # likely a fault of the check


@dataclass(frozen=True)
class Twins:
    """Two students who share rare mistakes in several questions."""

    first: int
    second: int
    shared: tuple[str, ...]


def clusters(summary: Summary) -> list[Cluster]:
    """Unexplained failures, the largest groups first; one cause is one cluster."""
    together: dict[tuple[str, tuple[int, ...]], list[Symptom]] = defaultdict(list)
    for symptom, students in summary.symptoms.items():
        together[symptom.question, tuple(students)].append(symptom)
    limit = max(SHARED_BY, math.ceil(SHARED_SHARE * len(summary.lines)))
    found = [
        Cluster(question, tuple(symptoms), students, _sources(summary, students) >= limit)
        for (question, students), symptoms in together.items()
    ]
    return sorted(found, key=lambda cluster: (-len(cluster.students), cluster.question))


def identical(summary: Summary) -> list[list[int]]:
    """Groups of students with the same files, apart from those who work as one team."""
    by_digest: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(summary.lines):
        if "refused" not in line.remarks:
            by_digest[line.digest].append(number)
    return sorted(
        (group for group in by_digest.values() if len(_people(summary, group)) > 1),
        key=lambda group: (-len(group), group[0]),
    )


def twins(summary: Summary) -> list[Twins]:
    """Pairs who share rare mistakes in at least two questions, and whose files differ.

    Only rare mistakes are looked at, so that the work grows with the class and not its square.
    """
    shared: dict[tuple[int, int], dict[str, str]] = defaultdict(dict)
    for question, what, students in _rare(summary):
        for i, first in enumerate(students):
            for second in students[i + 1 :]:
                shared[first, second].setdefault(question, what)
    found = [
        Twins(first, second, tuple(marks.values()))
        for (first, second), marks in shared.items()
        if len(marks) >= IN_COMMON and _apart(summary, first, second)
    ]
    return sorted(found, key=lambda pair: (-len(pair.shared), pair.first, pair.second))


def _rare(summary: Summary) -> Iterator[tuple[str, str, list[int]]]:
    """Question, what they have in common, and who: for what two or three make."""
    for mistake in summary.mistakes.values():
        if 2 <= len(mistake.students) <= RARE:
            yield mistake.question, mistake.id, mistake.students
    for symptom, students in summary.symptoms.items():
        # Crashes and refusals are alike by nature; a number with three digits is not.
        if 2 <= len(students) <= RARE and symptom.what.startswith("error "):
            yield symptom.question, f"{symptom.check} ({symptom.what})", students


def _apart(summary: Summary, first: int, second: int) -> bool:
    a, b = summary.lines[first], summary.lines[second]
    return a.digest != b.digest and len(_people(summary, [first, second])) > 1


def _sources(summary: Summary, students: tuple[int, ...]) -> int:
    """How many different submissions a group stands for: copies prove nothing about a check."""
    return len({summary.lines[number].digest for number in students})


def _people(summary: Summary, group: list[int]) -> Counter[str]:
    """Students of a team hand in one submission, and count as one."""
    students = [summary.lines[number].student for number in group]
    return Counter(f"team {s.team}" if s.team else f"student {s.id}" for s in students)
