"""What a class has done, counted in one pass over its results, however many there are.

Nothing here grows faster than the class: of each student a line is kept, not the result.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.classroom.gradebook import Gradebook
from grader.classroom.grades import final_grades
from grader.classroom.grading import unpack
from grader.classroom.marking import Manual
from grader.classroom.policies import Policies
from grader.classroom.records import Attempt, Student
from grader.classroom.works import HandedOut, Work
from grader.manifest import Manifest
from grader.manual import ManualQuestion
from grader.patterns import PATTERN
from grader.reports.corrections import Corrections
from grader.results import Status

UNJUDGED = (Status.MISSING, Status.BLOCKED, Status.ERROR)
# What honest code does by accident at times, and hostile code always.
VIOLENT = ("killed", "exited", "hung_up", "bad_frame")


@dataclass(frozen=True)
class Entry:
    """The attempt of a student that counts, and what it counts."""

    student: Student
    attempt: Attempt
    corrections: Corrections
    bonus: float | None = None  # with corrections
    refused: str = ""  # why the submission could not be read
    attempts: int = 1  # how often the student has handed in
    work: Work | None = None  # what of it is the student's own; None: not read
    manual: Manual = field(default_factory=Manual)


@dataclass
class Line:
    """One student in the report."""

    student: Student
    digest: str
    score: float | None  # the one that counts; None: withheld
    earned: float | None
    bonus: float | None
    seconds: float
    link: str = ""
    remarks: dict[str, str] = field(default_factory=dict)  # what is unusual: kind and where
    work: Work | None = None  # None: not read

    @property
    def source(self) -> str:
        """What identifies the submission; apart from white space where its files were read."""
        return (self.work.key if self.work else "") or self.digest


@dataclass
class CheckTally:
    """How a class did in one check."""

    title: str
    statuses: Counter[str] = field(default_factory=Counter)


@dataclass
class QuestionTally:
    """How a class did in one question."""

    name: str
    title: str
    max_score: float
    bonus: bool
    earned: float = 0.0
    full: int = 0
    graded: int = 0
    checks: dict[str, CheckTally] = field(default_factory=dict)


@dataclass
class ManualTally:
    """How a class did in one question that persons mark, as far as it is marked."""

    question: ManualQuestion
    handed_in: int = 0
    marked: int = 0
    earned: float = 0.0


@dataclass
class MistakeTally:
    """Who makes a known mistake; students are numbers of lines."""

    id: str
    question: str
    texts: Counter[str] = field(default_factory=Counter)
    students: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What most of them read."""
        return self.texts.most_common(1)[0][0]


@dataclass(frozen=True)
class Symptom:
    """A failure that no known mistake explains, as far as it can be told from others."""

    question: str
    check: str
    status: str
    what: str  # the error, rounded, or else the message


@dataclass
class Summary:
    """A class; `add` takes one student after another."""

    manifest: Manifest
    lines: list[Line] = field(default_factory=list)
    questions: dict[str, QuestionTally] = field(default_factory=dict)
    mistakes: dict[str, MistakeTally] = field(default_factory=dict)
    symptoms: dict[Symptom, list[int]] = field(default_factory=dict)
    manual: dict[str, ManualTally] = field(default_factory=dict)
    absent: list[Student] = field(default_factory=list)  # on the roster, without a result
    max_score: float = 0.0
    max_bonus: float = 0.0

    def __post_init__(self) -> None:
        self._violent = _pattern_of(self.manifest, VIOLENT)

    def add(self, entry: Entry, link: str = "") -> None:
        """Count a student in; `link` leads to their own page."""
        attempt, number = entry.attempt, len(self.lines)
        line = Line(
            entry.student,
            attempt.submission,
            entry.corrections.final,
            attempt.score,
            entry.bonus,
            attempt.seconds,
            link,
            work=entry.work,
        )
        self.lines.append(line)
        counted_in = entry.corrections.manual is not None
        marked = sum(part.question.points for part in entry.manual.parts) if counted_in else 0
        self.max_score = max(self.max_score, attempt.max_score + marked)
        self.max_bonus = max(self.max_bonus, attempt.max_bonus)
        if entry.refused:
            line.remarks["refused"] = entry.refused
        for question in attempt.result["questions"]:
            self._add_question(question, number, line)
        for part in entry.manual.parts:
            known = self.manual.setdefault(part.question.name, ManualTally(part.question))
            known.handed_in += part.answer is not None
            if part.mark is not None:
                known.marked += 1
                known.earned += part.mark.points

    def _add_question(self, question: Mapping[str, Any], number: int, line: Line) -> None:
        tally = self.questions.setdefault(
            question["name"],
            QuestionTally(
                question["name"], question["title"], question["max_score"], question["bonus"]
            ),
        )
        if question["score"] is not None:
            tally.graded += 1
            tally.earned += question["score"]
            tally.full += question["score"] >= question["max_score"]
        for check in question["checks"]:
            status = check["status"]
            known = tally.checks.setdefault(check["name"], CheckTally(check["title"]))
            known.statuses[status] += 1
            if status == Status.PASSED:
                continue
            where = f"{question['title']}: {check['title']}"
            if status == Status.ERROR:
                line.remarks.setdefault("error", where)
            if "refused" not in line.remarks:
                self._remark(check, line, where)
            if status not in UNJUDGED:
                self._add_failure(question["name"], check, number)

    def _remark(self, check: Mapping[str, Any], line: Line, where: str) -> None:
        if check["status"] in (Status.TIMEOUT, Status.MEMORY):
            line.remarks.setdefault(str(check["status"]), where)
        elif self._violent.match(check["message"]):
            line.remarks.setdefault("violent", f"{where}: {check['message']}")

    def _add_failure(self, question: str, check: Mapping[str, Any], number: int) -> None:
        diagnosis = check["diagnosis"]
        if diagnosis and not diagnosis["id"].startswith(PATTERN):
            mistake = self.mistakes.setdefault(
                diagnosis["id"], MistakeTally(diagnosis["id"], question)
            )
            if mistake.students[-1:] != [number]:  # once, however many checks show it
                mistake.students.append(number)
                mistake.texts[diagnosis["text"]] += 1
            return
        error = check["relative_error"]
        what = f"error {error:.2e}" if error is not None else check["message"].partition("\n")[0]
        symptom = Symptom(question, check["name"], str(check["status"]), what)
        self.symptoms.setdefault(symptom, []).append(number)

    @property
    def withheld(self) -> list[Line]:
        """Whose scores the grader could not give."""
        return [line for line in self.lines if "error" in line.remarks or line.score is None]


def entries_of(
    gradebook: Gradebook, policies: Policies, given: HandedOut | None = None
) -> Iterator[Entry]:
    """For every student with a result the attempt that counts by the course's rules.

    given: read the files too, and say what of them is the student's own
    """
    refusals = gradebook.refusals()
    handed_in = Counter(delivery.student for delivery in gradebook.deliveries())
    for grade in final_grades(gradebook, policies):
        if grade.attempt is not None:
            refused, work = refusals.get(grade.attempt.submission, ""), None
            if given is not None and not refused:
                content, _ = gradebook.content(grade.attempt.submission)
                work = given.own_work(unpack(content))
            yield Entry(
                grade.student,
                grade.attempt,
                grade.corrections,
                grade.bonus,
                refused,
                handed_in[grade.student.id],
                work,
                grade.manual,
            )


def _pattern_of(manifest: Manifest, messages: Iterable[str]) -> re.Pattern[str]:
    """What recognizes these sentences of the manifest, whatever they are filled with."""
    found = []
    for key in messages:
        for name in (key, f"{key}_hidden"):
            if name in manifest.messages:
                text = re.escape(manifest.messages[name])
                found.append(re.sub(r"\\\{.*?\\\}", r"[^\\n]*?", text))
    return re.compile(f"(?:{'|'.join(found)})\\s*\\Z")
