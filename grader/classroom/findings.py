"""What stands out in a class: failures that nobody has an explanation for, and who is alike."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
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
class SameFiles:
    """Students with the same files, white space apart; no names where whole submissions are."""

    students: tuple[int, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class SameComments:
    """Students who have written the same comments, and the comments."""

    students: tuple[int, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Twins:
    """Two students who share rare mistakes, each in another question."""

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


def identical(summary: Summary) -> list[SameFiles]:
    """Files that several have handed in, apart from those who work as one team.

    Without the files themselves (their works) it is whole submissions, by digest.
    """
    by_file: dict[str, dict[int, str]] = defaultdict(dict)
    for number, line in enumerate(summary.lines):
        if "refused" not in line.remarks:
            files = {line.digest: ""} if line.work is None else line.work.files
            for identity, name in files.items():
                by_file[identity][number] = name
    groups: dict[tuple[int, ...], set[str]] = defaultdict(set)
    for names in by_file.values():
        if len(names) > 1 and len(_people(summary, names)) > 1:
            groups[tuple(names)].update(name for name in names.values() if name)
    found = [SameFiles(students, tuple(sorted(names))) for students, names in groups.items()]
    return sorted(found, key=lambda one: (-len(one.students), one.students))


def same_comments(summary: Summary) -> list[SameComments]:
    """Comments that two or three have in common, in files that are not identical anyway."""
    by_comment: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    for number, line in enumerate(summary.lines):
        for key, where in line.work.comments.items() if line.work else ():
            by_comment[key][number] = where
    groups: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for found_in in by_comment.values():
        texts, files = zip(*found_in.values(), strict=True)
        if len(set(files)) > 1 and _is_rare(summary, found_in):
            groups[tuple(found_in)].append(texts[0])
    found = [SameComments(students, tuple(said)) for students, said in groups.items()]
    return sorted(found, key=lambda one: (-len(one.texts), one.students))


def twins(summary: Summary, least: int = IN_COMMON) -> list[Twins]:
    """Pairs who share rare mistakes in so many questions, and whose files differ.

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
        if len(marks) >= least and _apart(summary, first, second)
    ]
    return sorted(found, key=lambda pair: (-len(pair.shared), pair.first, pair.second))


def _rare(summary: Summary) -> Iterator[tuple[str, str, list[int]]]:
    """Question, what they have in common, and who: for what two or three make."""
    for mistake in summary.mistakes.values():
        if _is_rare(summary, mistake.students):
            yield mistake.question, mistake.id, mistake.students
    for symptom, students in summary.symptoms.items():
        # Crashes and refusals are alike by nature; a number with three digits is not.
        if symptom.what.startswith("error ") and _is_rare(summary, students):
            yield symptom.question, f"{symptom.check} ({symptom.what})", students


def _is_rare(summary: Summary, students: Collection[int]) -> bool:
    return len(students) > 1 and 2 <= len(_people(summary, students)) <= RARE


def _apart(summary: Summary, first: int, second: int) -> bool:
    a, b = summary.lines[first], summary.lines[second]
    return a.source != b.source and len(_people(summary, [first, second])) > 1


def _sources(summary: Summary, students: tuple[int, ...]) -> int:
    """How many different submissions a group stands for: copies prove nothing about a check."""
    return len({summary.lines[number].source for number in students})


def _people(summary: Summary, group: Iterable[int]) -> Counter[str]:
    """Students of a team hand in one submission, and count as one."""
    students = [summary.lines[number].student for number in group]
    return Counter(f"team {s.team}" if s.team else f"student {s.id}" for s in students)
