"""The gradebook's answers to the labs' questions, and the marks that persons give for them.

Rows are added and never edited: an answer that was handed in anew is a new row, and so is a mark
that takes another one's place. `marking` says which of them count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grader.classroom.database import Database
from grader.classroom.records import Answer, Mark
from grader.labs.answers import digest_of

LAST = (
    "SELECT digest FROM answers WHERE student = ? AND question = ? AND source = ? "
    "AND submitted_at IS ? ORDER BY number DESC LIMIT 1"
)


class Marks(Database):
    """The part of a gradebook that persons mark; every method that writes is one transaction."""

    def add_answers(
        self, student: str, source: str, submitted_at: str | None, answers: Mapping[str, str]
    ) -> None:
        """Keep the answers of a student who is known, by question, as far as they are new.

        source: what they came in, with the time: the same answers out of it are kept once
        """
        with self._transaction():
            for question, text in answers.items():
                place, digest = [student, question, source, submitted_at], digest_of(text)
                last = self._db.execute(LAST, place).fetchone()
                if last is None or last["digest"] != digest:
                    self._db.execute(
                        "INSERT INTO answers (student, question, source, submitted_at, digest, "
                        "text) VALUES (?, ?, ?, ?, ?, ?)",
                        [*place, digest, text],
                    )

    def answers(self, student: str | None = None, *, texts: bool = True) -> list[Answer]:
        """The answers (of one student), in the order in which they came into the gradebook.

        texts: what was written, too, which can be much
        """
        columns = "student, question, digest, source, submitted_at" + (", text" if texts else "")
        where, values = ("WHERE student = ?", [student]) if student is not None else ("", [])
        rows = self._rows(f"SELECT {columns} FROM answers {where} ORDER BY number", values)
        return [Answer(*row) for row in rows]

    def add_marks(self, marks: Iterable[Mark], now: str) -> None:
        """Keep marks beside those that are there."""
        with self._transaction():
            self._db.executemany(
                "INSERT INTO marks (student, question, digest, points, author, comment, made_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (m.student, m.question, m.digest, m.points, m.author, m.comment, now)
                    for m in marks
                ],
            )

    def marks(self, student: str | None = None) -> list[Mark]:
        """The marks (of one student), the first one first."""
        columns = "student, question, digest, points, author, comment"
        where, values = ("WHERE student = ?", [student]) if student is not None else ("", [])
        rows = self._rows(f"SELECT {columns} FROM marks {where} ORDER BY number", values)
        return [Mark(*row) for row in rows]
