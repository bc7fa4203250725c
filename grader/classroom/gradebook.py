"""The gradebook: one SQLite file with every student, submission, attempt, check and correction.

Rows are added and never edited, so that nothing is lost: a changed submission or grader makes a new
attempt beside the old one, a correction by hand is a row of its own, and so is a late penalty.
Attempts have natural keys, so that neither the order nor the number of gradings shows; columns that
hold a clock are listed in `CLOCKS`, and everything else is equal after any number of interruptions.

Several processes may use one gradebook at a time (write-ahead logging); it holds names and grades,
and only its owner can read it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.classroom.database import GradebookError
from grader.classroom.marks import Marks
from grader.classroom.records import (
    EVERYTHING,
    REMOVED,
    Attempt,
    Delivery,
    Run,
    Scope,
    Student,
)


class Gradebook(Marks):
    """An open gradebook; every method that writes is one transaction."""

    # Who and what.

    def add_students(self, students: Iterable[Student]) -> None:
        """Add students, or replace what is known of them."""
        with self._transaction():
            self._db.executemany(
                "INSERT INTO students VALUES (?, ?, ?, ?, ?) ON CONFLICT (student) DO UPDATE SET "
                "name = excluded.name, email = excluded.email, team = excluded.team, "
                "details = excluded.details",
                [(s.id, s.name, s.email, s.team, _json(s.details)) for s in students],
            )

    def students(self) -> list[Student]:
        """Every student, by id."""
        rows = self._rows("SELECT * FROM students ORDER BY student")
        with self._told():
            return [Student(**{**row, "details": json.loads(row["details"])}) for row in _as(rows)]

    def add_delivery(self, delivery: Delivery, content: bytes, refused: str = "") -> None:
        """Keep what a student has handed in; the first to hand in a submission keeps its time."""
        with self._transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO students (student) VALUES (?)", [delivery.student]
            )
            self._db.execute(
                "INSERT OR IGNORE INTO submissions VALUES (?, ?, ?)",
                [delivery.submission, content, refused],
            )
            self._db.execute(
                "INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?, ?)",
                [delivery.student, delivery.submission, delivery.source, delivery.submitted_at],
            )

    def deliveries(self, student: str | None = None) -> list[Delivery]:
        """What was handed in, by student and time."""
        where, values = ("WHERE student = ?", [student]) if student is not None else ("", [])
        order = "ORDER BY student, submitted_at, submission"
        rows = self._rows(
            f"SELECT student, submission, source, submitted_at FROM deliveries {where} {order}",
            values,
        )
        return [Delivery(*row) for row in rows]

    def content(self, submission: str) -> tuple[bytes, str]:
        """The zip of a submission's files, and why it was refused, if it was."""
        rows = self._rows(
            "SELECT content, refused FROM submissions WHERE submission = ?", [submission]
        )
        if not rows:
            raise GradebookError(f"{self.path} holds no submission {submission}.")
        return rows[0]["content"], rows[0]["refused"]

    def refusals(self) -> dict[str, str]:
        """Why submissions could not be read, by digest; those that could are not in it."""
        rows = self._rows("SELECT submission, refused FROM submissions WHERE refused != ''")
        return {row["submission"]: row["refused"] for row in rows}

    # Gradings.

    def join_run(
        self,
        grader: str,
        seed: int,
        reason: str,
        now: str,
        wanted: Sequence[Delivery],
        *,
        scope: Scope = EVERYTHING,
        again: bool = False,
    ) -> tuple[Run | None, list[Delivery]]:
        """The run to add attempts to, and what is left to grade; no run if there is nothing.

        One that was interrupted, or that another process is at, is gone on with and keeps its seed;
        two that start together join one. again: grade also what another run has graded.
        """
        with self._transaction():
            run = self.unfinished_run(grader, reason, scope)
            done = self.graded(grader)
            if again:
                done = self.graded(grader, run.number) if run else set()
            left = [one for one in wanted if (one.student, one.submission) not in done]
            if run is None and left:
                run = self._insert_run(grader, seed, reason, now, scope)
        return run, left

    def unfinished_run(self, grader: str, reason: str, scope: Scope = EVERYTHING) -> Run | None:
        """The run that was interrupted, to be gone on with; None if there is none."""
        rows = self._rows(
            "SELECT * FROM runs WHERE finished_at IS NULL AND grader = ? AND reason = ? "
            "AND scope = ? ORDER BY run DESC LIMIT 1",
            [grader, reason, _scope_to_json(scope)],
        )
        return _run(rows[0]) if rows else None

    def begin_run(
        self, grader: str, seed: int, reason: str, now: str, scope: Scope = EVERYTHING
    ) -> Run:
        """A new run, to add attempts to."""
        with self._transaction():
            return self._insert_run(grader, seed, reason, now, scope)

    def _insert_run(self, grader: str, seed: int, reason: str, now: str, scope: Scope) -> Run:
        number = self._db.execute(
            "INSERT INTO runs (grader, seed, reason, started_at, scope) VALUES (?, ?, ?, ?, ?)",
            [grader, str(seed), reason, now, _scope_to_json(scope)],
        ).lastrowid
        assert number is not None
        return Run(number, grader, seed, reason, scope)

    def finish_run(self, run: Run, now: str) -> None:
        """Everything that the run was for has been graded."""
        with self._transaction():
            self._db.execute("UPDATE runs SET finished_at = ? WHERE run = ?", [now, run.number])

    def runs(self) -> list[Run]:
        """Every run, in order."""
        with self._told():
            return [_run(row) for row in self._rows("SELECT * FROM runs ORDER BY run")]

    def add_attempt(self, attempt: Attempt) -> bool:
        """Keep an attempt with its checks; False if the same one is there already."""
        key = [attempt.student, attempt.submission, attempt.grader, attempt.run]
        with self._transaction():
            done = self._db.execute(
                "INSERT OR IGNORE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *key,
                    *(attempt.score, attempt.max_score, attempt.bonus, attempt.max_bonus),
                    *(_json(_without_clocks(attempt.result)), _json(attempt.environment)),
                    *(attempt.graded_at, attempt.seconds, _json(attempt.origins)),
                ],
            )
            if not done.rowcount:
                return False
            self._db.executemany(
                "INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    [
                        *key,
                        *(question["name"], check["name"], check["status"]),
                        *(check["score"], check["max_score"], check["relative_error"]),
                        (check["diagnosis"] or {}).get("id", ""),
                        check.get("seconds") or 0.0,
                    ]
                    for question in attempt.result["questions"]
                    for check in question["checks"]
                ],
            )
        return True

    def graded(self, grader: str, run: int | None = None) -> set[tuple[str, str]]:
        """(student, submission) of what this grader has graded (in one run, or in any)."""
        where, values = ("AND run = ?", [run]) if run is not None else ("", [])
        rows = self._rows(
            f"SELECT DISTINCT student, submission FROM attempts WHERE grader = ? {where}",
            [grader, *values],
        )
        return {(row["student"], row["submission"]) for row in rows}

    def has_attempt(self, run: Run, delivery: Delivery) -> bool:
        """Whether a submission has been graded in this run, by whichever process."""
        key = [delivery.student, delivery.submission, run.grader, run.number]
        query = (
            "SELECT 1 FROM attempts WHERE student = ? AND submission = ? AND grader = ? AND run = ?"
        )
        return bool(self._rows(query, key))

    def attempts(self, student: str | None = None) -> Iterator[Attempt]:
        """Every attempt (of one student), by student, submission and run."""
        where, values = ("WHERE student = ?", [student]) if student is not None else ("", [])
        with self._told():
            for row in self._db.execute(
                f"SELECT * FROM attempts {where} ORDER BY student, submission, run", values
            ):
                fields = dict(row)
                for name in ("result", "environment", "origins"):
                    fields[name] = json.loads(fields[name])
                yield Attempt(**fields)

    def max_scores(self) -> dict[tuple[str, str], float]:
        """The points to be had by each (student, submission), at its newest attempt."""
        rows = self._rows("SELECT student, submission, max_score FROM attempts ORDER BY run")
        return {(r["student"], r["submission"]): r["max_score"] for r in rows}

    # Corrections.

    def add_override(
        self, student: str, score: float, *, question: str = "", author: str, reason: str, now: str
    ) -> None:
        """A score given by a person, for a question or ('') the total."""
        with self._transaction():
            self._db.execute(
                "INSERT INTO overrides (student, question, score, author, reason, made_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                [student, question, score, author, reason, now],
            )

    def overrides(self, student: str) -> list[sqlite3.Row]:
        """The corrections of a student's scores, the first one first."""
        return self._rows("SELECT * FROM overrides WHERE student = ? ORDER BY number", [student])

    def set_penalties(self, penalties: Iterable[tuple[str, str, float, str]]) -> None:
        """Replace all late penalties: (student, submission, points taken off, reason)."""
        with self._transaction():
            self._db.execute("DELETE FROM penalties")
            self._db.executemany("INSERT INTO penalties VALUES (?, ?, ?, ?)", penalties)

    def penalties(self) -> dict[tuple[str, str], tuple[float, str]]:
        """Points taken off and why, by student and submission."""
        rows = self._rows("SELECT * FROM penalties")
        return {(r["student"], r["submission"]): (r["points"], r["reason"]) for r in rows}

    def purge(self, student: str) -> bool:
        """Forget a student and everything that only they have; False if there is none."""
        with self._transaction():
            own = ("checks", "attempts", "penalties", "deliveries", "overrides", "answers", "marks")
            for table in (*own, "students"):
                gone = self._db.execute(f"DELETE FROM {table} WHERE student = ?", [student])
            for run in self.runs():
                if student in run.scope.students:
                    others = tuple(one for one in run.scope.students if one != student)
                    scope = replace(run.scope, students=others or (REMOVED,))
                    values = [_scope_to_json(scope), run.number]
                    self._db.execute("UPDATE runs SET scope = ? WHERE run = ?", values)
            kept = "SELECT submission FROM deliveries"
            self._db.execute(f"DELETE FROM submissions WHERE submission NOT IN ({kept})")
        self._vacuum()
        return gone.rowcount > 0


def _run(row: sqlite3.Row) -> Run:
    asked = json.loads(row["scope"])
    students, questions = tuple(asked.get("students", ())), tuple(asked.get("questions", ()))
    scope = Scope(students, questions, bool(asked.get("withheld")))
    return Run(row["run"], row["grader"], int(row["seed"]), row["reason"], scope)


def _scope_to_json(scope: Scope) -> str:
    """What was asked for; the rest is left out, as in runs from before there were scopes."""
    asked = {"students": scope.students, "questions": scope.questions, "withheld": scope.withheld}
    return _json({key: value for key, value in asked.items() if value})


def _as(rows: Iterable[sqlite3.Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        fields = dict(row)
        fields["id"] = fields.pop("student")
        yield fields


def _without_clocks(result: Mapping[str, Any]) -> dict[str, Any]:
    questions = [
        {**question, "checks": [{**check, "seconds": 0.0} for check in question["checks"]]}
        for question in result["questions"]
    ]
    return {**result, "questions": questions}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
