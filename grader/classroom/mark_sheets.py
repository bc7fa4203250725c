"""Reading marks out of filled sheets: all of them are looked at before one is kept."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom import tables
from grader.classroom.gradebook import Gradebook
from grader.classroom.marking import answer_that_counts, codes
from grader.classroom.policies import Policies
from grader.classroom.records import Answer, Mark
from grader.classroom.roster import same
from grader.classroom.tables import TableError, harmless
from grader.intake.names import shown
from grader.labs.answers import CONTROLS
from grader.manual import ManualQuestion
from grader.reports.marking_sheets import CODE, COMMENT, POINTS, QUESTION, STUDENT, label

MAX_SHEET = 64 << 20
MAX_COMMENT = 4000
NUMBER = re.compile(r"\d{1,6}([.,]\d{0,6})?\Z|[.,]\d{1,6}\Z")


@dataclass
class Reading:
    """What sheets hold.

    marks: those that are not in the gradebook already, one for each student
    known: rows whose marks are; blank: rows without points
    outdated: of the marks, those for an answer that has changed since the sheet was written
    """

    marks: list[Mark] = field(default_factory=list)
    known: int = 0
    blank: int = 0
    outdated: list[Mark] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    """A row of a sheet, as it is there."""

    where: str  # the sheet and the line
    author: str
    code: str
    student: str
    question: str
    points: str
    comment: str


def read_marks(
    sheets: Sequence[Path], gradebook: Gradebook, policies: Policies, author: str = ""
) -> Reading:
    """The marks in filled sheets, given by `author` or else by whom a sheet is named after.

    TableError for the first row that cannot be taken: nothing of any sheet is to be kept then.
    """
    lines = [line for sheet in sheets for line in _lines(sheet, author)]
    book = _Book(gradebook, policies)
    reading = Reading()
    given: dict[tuple[str, str, str], tuple[_Line, Mark]] = {}
    errors: list[str] = []
    for line in lines:
        try:
            if not line.points:
                reading.blank += 1
                continue
            answers = book.answers_of(line)
            points = _points(line, book.questions[answers[0].question])
            for answer in answers:
                mark = Mark(
                    *(answer.student, answer.question, answer.digest, points),
                    *(line.author, line.comment),
                )
                _keep(given, line, mark)
        except TableError as error:
            errors.append(str(error))
    if errors:
        more = len(errors) - 1
        rest = f" {more} other row{'s cannot' if more > 1 else ' cannot'} be taken, either."
        raise TableError(errors[0] + (rest if more else "") + " No mark was kept.")
    for _, mark in given.values():
        if book.knows(mark):
            reading.known += 1
            continue
        reading.marks.append(mark)
        if not book.is_current(mark):
            reading.outdated.append(mark)
    return reading


def _keep(given: dict[tuple[str, str, str], tuple[_Line, Mark]], line: _Line, mark: Mark) -> None:
    key = (mark.student, mark.question, mark.digest)
    if key not in given:
        given[key] = (line, mark)
        return
    other, before = given[key]
    if before.points != mark.points:
        raise TableError(
            f"{line.where}: {mark.points:g} points, and {before.points:g} at {other.where}, for "
            f"the same answer of {shown(mark.student)} to {mark.question}: keep one of them."
        )
    if mark.comment and not before.comment:
        given[key] = (line, mark)


class _Book:
    """Whose answers are meant, and what is known of them."""

    def __init__(self, gradebook: Gradebook, policies: Policies) -> None:
        self.questions = {question.name: question for question in policies.manual}
        self._students = {same(s.id): s.id for s in gradebook.students()}
        self._details = {s.id: s.details for s in gradebook.students()}
        self._policies = policies
        self._path = gradebook.path
        code = codes(gradebook)
        self._by_code: dict[str, Answer] = {}
        self._of: dict[tuple[str, str], list[Answer]] = defaultdict(list)
        self._together: dict[tuple[str, str, str], dict[str, Answer]] = defaultdict(dict)
        for answer in gradebook.answers(texts=False):
            self._by_code[code.of(answer.student, answer.question, answer.digest)] = answer
            self._of[answer.student, answer.question].append(answer)
            key = (answer.question, answer.digest, answer.source)
            self._together[key][answer.student] = answer
        self._last: dict[tuple[str, str, str], Mark] = {}
        for mark in gradebook.marks():
            self._last[mark.student, mark.question, mark.digest] = mark

    def knows(self, mark: Mark) -> bool:
        """Whether the last mark for that answer says the same, whoever gave it."""
        last = self._last.get((mark.student, mark.question, mark.digest))
        return last is not None and (last.points, last.comment) == (mark.points, mark.comment)

    def is_current(self, mark: Mark) -> bool:
        """Whether it is for the answer that counts."""
        answer = self._counts(mark.student, mark.question)
        return answer is not None and answer.digest == mark.digest

    def answers_of(self, line: _Line) -> list[Answer]:
        """The answer that a row is about, once for everybody who handed it in together."""
        answer = self._by_its_code(line) if line.code else self._by_its_names(line)
        if answer.question not in self.questions:
            raise TableError(
                f"{line.where}: {answer.question} is not among the manifest's [[manual]] "
                "questions any more: take the row out."
            )
        together = self._together[answer.question, answer.digest, answer.source]
        return [together[student] for student in sorted(together)]

    def _by_its_code(self, line: _Line) -> Answer:
        answer = self._by_code.get(line.code.upper())
        if answer is None:
            raise TableError(
                f"{line.where}: no answer in {self._path} has the code {shown(line.code)}. Take "
                "the row out if its student was removed, or give the sheet of this gradebook."
            )
        other = self._student(line.student)
        together = self._together[answer.question, answer.digest, answer.source]
        moved = other is not None and other not in together
        if moved or (line.question in self.questions and line.question != answer.question):
            raise TableError(
                f"{line.where}: the code {line.code} is not the one of {shown(line.student)} for "
                f"{shown(line.question)}. Was only a part of the sheet sorted? Write it anew with "
                "`grader class answers`, and copy the points."
            )
        return answer

    def _by_its_names(self, line: _Line) -> Answer:
        if line.question not in self.questions:
            known = ", ".join(self.questions)
            raise TableError(
                f"{line.where}: there is no question {shown(line.question)!r}. There are: {known}."
            )
        student = self._student(line.student)
        if student is None:
            raise TableError(
                f"{line.where}: {self._path} holds no student {shown(line.student)!r}; "
                "`grader class export` lists them."
            )
        answer = self._counts(student, line.question)
        if answer is None:
            raise TableError(
                f"{line.where}: {shown(student)} has handed in no answer to {line.question}: "
                "leave the points out."
            )
        return answer

    def _student(self, cell: str) -> str | None:
        """The student in a cell, or the first of several who handed in together."""
        bare = _as_written(cell)
        for name in (cell, bare, bare.partition(label(("", "")))[0]):
            if name in self._details:
                return name
            if same(name) in self._students:
                return self._students[same(name)]
        return None

    def _counts(self, student: str, question: str) -> Answer | None:
        of = self._of[student, question]
        return answer_that_counts(self._policies, self._details[student], of)


def _points(line: _Line, question: ManualQuestion) -> float:
    if not NUMBER.match(line.points):
        raise TableError(
            f"{line.where}: {shown(line.points)!r} is not a number of points: write it like 1.5 or "
            "1,5, or leave the cell empty."
        )
    points = round(float(line.points.replace(",", ".")), 2)
    if points > question.points:
        raise TableError(
            f"{line.where}: {points:g} is more than the {question.points} points to be had for "
            f"{question.name}: give fewer, or change its points in the manifest."
        )
    return points


def _lines(sheet: Path, author: str) -> Iterator[_Line]:
    rows = _rows(sheet)
    header = [same(name) for name in rows[0][1]] if rows else []
    if POINTS not in header or not (CODE in header or {STUDENT, QUESTION} <= set(header)):
        raise TableError(
            f"{sheet} has no columns `{CODE}` and `{POINTS}`, so it is not a sheet of `grader "
            "class answers`: give one, with its first row as it was. No mark was kept."
        )
    for number, row in rows[1:]:
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        code = cells.get(CODE, "")
        yield _Line(
            # Where answers have several lines, a row's number in a spreadsheet is another one.
            f"{sheet}, line {number}" + (f" ({shown(code)})" if code else ""),
            author or shown(sheet.stem),
            code,
            cells.get(STUDENT, ""),
            cells.get(QUESTION, ""),
            cells.get(POINTS, ""),
            _as_written(CONTROLS.sub("", cells.get(COMMENT, ""))[:MAX_COMMENT]),
        )


def _as_written(cell: str) -> str:
    """A cell without the sign that kept a spreadsheet from taking it for a formula."""
    bare = cell.removeprefix("'")
    return bare if harmless(bare) == cell else cell


def _rows(sheet: Path) -> list[tuple[int, list[str]]]:
    """The rows of a sheet, in UTF-8 or, as Excel's plain CSV is in the West, in cp1252."""
    try:
        with sheet.open("rb") as file:
            content = file.read(MAX_SHEET + 1)
    except OSError as error:
        raise TableError(
            f"{sheet} cannot be read ({error.strerror}). Give a filled sheet of `grader class "
            "answers`."
        ) from None
    if len(content) > MAX_SHEET:
        raise TableError(f"{sheet} has more than {MAX_SHEET >> 20} MiB. Is it the right file?")
    if content.startswith(b"PK"):
        raise TableError(f"{sheet} is not a CSV file: save it as CSV in the spreadsheet program.")
    try:
        text = tables.decoded(content, str(sheet))
    except TableError:
        if b"\0" in content:
            raise
        text = content.decode("cp1252", "replace")
    return tables.parse(text, str(sheet))[0]
