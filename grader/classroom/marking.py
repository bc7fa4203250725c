"""Which answer to a lab's question counts, what it was given, and who is to mark what.

Of a student's answers to a question the last one counts that was written and came in time; which
attempt counts for the code has no part in it, so that no answer is lost to a better score. A mark
counts for the answer that it was given to, and for everybody who handed in that answer together.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grader.classroom.gradebook import Gradebook
from grader.classroom.policies import Counts, Policies, late_penalty
from grader.classroom.records import Answer, Mark, Student
from grader.labs.answers import digest_of
from grader.manual import ManualQuestion
from grader.results import ManualScore, add_points

EMPTY = digest_of("")
# Of a code's letters no word can be made, and no date or number that a spreadsheet would change.
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


@dataclass(frozen=True)
class Part:
    """One question of one student.

    answer: the one that counts; None if none was handed in
    mark: what it was given; None: not marked
    outdated: what an answer was given that has changed since, if this one is not marked
    """

    question: ManualQuestion
    answer: Answer | None = None
    mark: Mark | None = None
    outdated: Mark | None = None

    @property
    def waits(self) -> bool:
        """Whether there is an answer that nobody has marked."""
        return self.answer is not None and self.mark is None


@dataclass(frozen=True)
class Manual:
    """What persons have given a student, question by question."""

    parts: tuple[Part, ...] = ()

    @property
    def scores(self) -> list[ManualScore]:
        """The part of a result, schema 1, that it is."""
        return [
            ManualScore(
                part.question.name,
                part.mark.points if part.mark else None,
                float(part.question.points),
                part.mark.author if part.mark else None,
            )
            for part in self.parts
        ]

    @property
    def points(self) -> float:
        """What was given so far."""
        return add_points([part.mark.points for part in self.parts if part.mark]) or 0.0

    @property
    def waiting(self) -> int:
        """How many answers nobody has marked."""
        return sum(part.waits for part in self.parts)

    @property
    def comments(self) -> dict[str, str]:
        """What those who marked say to the student, by question."""
        marks = [part.mark for part in self.parts if part.mark is not None]
        return {mark.question: mark.comment for mark in marks if mark.comment}


def manual_of(gradebook: Gradebook, policies: Policies, student: Student) -> Manual:
    """What persons have given a student so far."""
    if not policies.manual:
        return Manual()
    answers, marks = gradebook.answers(student.id, texts=False), gradebook.marks(student.id)
    return _manual(policies, student.details, answers, marks)


def _manual(
    policies: Policies, details: Mapping[str, Any], answers: Iterable[Answer], marks: Sequence[Mark]
) -> Manual:
    handed_in: dict[str, list[Answer]] = defaultdict(list)
    for one in answers:
        handed_in[one.question].append(one)
    parts = []
    for question in policies.manual:
        answer = answer_that_counts(policies, details, handed_in[question.name])
        mark = outdated = None
        if answer is not None:
            own = [given for given in marks if given.question == question.name]
            mark = next((given for given in reversed(own) if given.digest == answer.digest), None)
            outdated = own[-1] if own and mark is None else None
        parts.append(Part(question, answer, mark, outdated))
    return Manual(tuple(parts))


def answer_that_counts(
    policies: Policies, details: Mapping[str, Any], answers: Sequence[Answer]
) -> Answer | None:
    """Of the answers to one question, in the order in which they were found; None if there is none.

    details: the student's, from the roster. An unknown time comes before every known one.
    """
    in_time, on_time = [], []
    for number, answer in enumerate(answers):
        when = datetime.fromisoformat(answer.submitted_at) if answer.submitted_at else None
        late = late_penalty(policies, when, 0.0, details)
        if late.accepted:
            moment = (when is not None, when.timestamp() if when else 0.0, number)
            in_time.append((answer.digest != EMPTY, *moment, answer))
            if not late.days:
                on_time.append(in_time[-1])
    chosen = on_time if policies.counts is Counts.LAST_ON_TIME and on_time else in_time
    return max(chosen, key=lambda one: one[:-1])[-1] if chosen else None


@dataclass(frozen=True)
class Row:
    """An answer to be marked, whoever handed it in together.

    points: None, or what is there already: 0 for an answer that was not written
    remark: for whoever marks it
    """

    code: str
    question: ManualQuestion
    students: tuple[str, ...]
    text: str
    points: float | None = None
    comment: str = ""
    remark: str = ""


def rows_of(gradebook: Gradebook, policies: Policies, *, everything: bool = False) -> list[Row]:
    """The answers that nobody has marked, by question; in an order that tells nothing.

    everything: those that are marked, too, with their marks
    """
    answers, marks = _by_student(gradebook.answers()), _by_student(gradebook.marks())
    groups: dict[tuple[str, str, str], list[Part]] = defaultdict(list)
    for student in gradebook.students():
        mine = _manual(policies, student.details, answers[student.id], marks[student.id])
        for part in mine.parts:
            if part.answer is not None:
                key = (part.question.name, part.answer.digest, part.answer.source)
                groups[key].append(part)
    code = codes(gradebook)
    rows = [
        _row(parts, code)
        for parts in groups.values()
        if everything or any(part.waits for part in parts)
    ]
    order = [question.name for question in policies.manual]
    first: dict[tuple[str, str], str] = {}  # equal texts stand together
    for row in sorted(rows, key=lambda row: row.code):
        first.setdefault((row.question.name, squeezed(row.text)), row.code)
    return sorted(
        rows,
        key=lambda row: (
            order.index(row.question.name),
            not row.text,
            first[row.question.name, squeezed(row.text)],
            row.code,
        ),
    )


def _row(parts: Sequence[Part], code: Codes) -> Row:
    answer, mark = parts[0].answer, next((part.mark for part in parts if part.mark), None)
    assert answer is not None
    old = next((part.outdated for part in parts if part.outdated), None)
    remark = ""
    if mark is None and old is not None:
        remark = f"changed since {old.author} gave an earlier answer {old.points:g}"
    points = mark.points if mark else 0.0 if not answer.text else None
    students = tuple(sorted(part.answer.student for part in parts if part.answer))
    return Row(
        code.of(students[0], answer.question, answer.digest),
        parts[0].question,
        students,
        answer.text,
        points,
        mark.comment if mark else "",
        remark,
    )


def squeezed(text: str) -> str:
    """A text without regard to its white space."""
    return " ".join(text.split())


def shared_out(rows: Iterable[Row], markers: int) -> list[list[Row]]:
    """The rows for each marker: all of a question to one, and about as many answers to each.

    The same rows are shared out the same way. With more markers than questions some have none,
    and are left out.
    """
    questions: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        questions[row.question.name].append(row)
    shares: list[list[str]] = [[] for _ in range(markers)]
    work = [0] * markers
    for name in sorted(questions, key=lambda name: -_work(questions[name])):  # stable
        least = min(range(markers), key=lambda i: (work[i], len(shares[i])))
        shares[least].append(name)
        work[least] += _work(questions[name])
    order = list(questions)
    return [
        [row for name in sorted(share, key=order.index) for row in questions[name]]
        for share in shares
        if share
    ]


def _work(rows: Sequence[Row]) -> int:
    """How many different answers there are to read."""
    return len({squeezed(row.text) for row in rows if row.text})


class Codes:
    """Codes of answers: for one gradebook always the same, and they tell nobody whose it is."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def of(self, student: str, question: str, digest: str) -> str:
        """The code of a student's answer; of the same question's others only the end differs."""
        return f"{self._letters(12, student, question)}-{self._letters(6, digest)}"

    def _letters(self, count: int, *parts: str) -> str:
        text = "\0".join(parts).encode("utf-8", "surrogatepass")
        number = int.from_bytes(hmac.digest(self._key, text, hashlib.sha256))
        letters = []
        for _ in range(count):
            number, letter = divmod(number, len(LETTERS))
            letters.append(LETTERS[letter])
        return "".join(letters)


def codes(gradebook: Gradebook) -> Codes:
    """The codes of a gradebook's answers: the secret in them is its first run's seed."""
    runs = gradebook.runs()
    return Codes(str(runs[0].seed) if runs else "")


def _by_student(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.student].append(row)
    return found
