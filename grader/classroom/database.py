"""The gradebook's file: its tables and how they came to be, transactions, and what can go wrong.

Every error is one sentence that says what is the matter with which file and what to do.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

BUSY_SECONDS = 60.0
# In what SQLite says of a file that it cannot make sense of.
DAMAGE = ("not a database", "malformed", "decode to UTF-8", "no such table", "no such column")

MIGRATIONS = (
    """
    CREATE TABLE students (
        student TEXT PRIMARY KEY,           -- what the rows below call them
        name TEXT NOT NULL DEFAULT '',
        email TEXT NOT NULL DEFAULT '',
        team TEXT NOT NULL DEFAULT '',      -- students of a team hand in one submission
        details TEXT NOT NULL DEFAULT '{}'  -- JSON: identifiers elsewhere, extension, slip days
    ) WITHOUT ROWID;
    CREATE TABLE submissions (
        submission TEXT PRIMARY KEY,        -- digest of the files
        content BLOB NOT NULL,              -- a zip of them
        refused TEXT NOT NULL DEFAULT ''    -- why it could not be read
    ) WITHOUT ROWID;
    CREATE TABLE deliveries (               -- who handed in what
        student TEXT NOT NULL REFERENCES students,
        submission TEXT NOT NULL REFERENCES submissions,
        source TEXT NOT NULL,               -- the file or folder it came in
        submitted_at TEXT,                  -- ISO 8601 with its offset, where it is known
        PRIMARY KEY (student, submission)
    ) WITHOUT ROWID;
    CREATE TABLE runs (
        run INTEGER PRIMARY KEY,
        grader TEXT NOT NULL,               -- digest of solutions, checks, manifest and engine
        seed TEXT NOT NULL,                 -- decimal; of all its official inputs
        reason TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT
    );
    CREATE TABLE attempts (
        student TEXT NOT NULL REFERENCES students,
        submission TEXT NOT NULL REFERENCES submissions,
        grader TEXT NOT NULL,
        run INTEGER NOT NULL REFERENCES runs,
        score REAL,                         -- null: withheld, the grader itself failed
        max_score REAL NOT NULL,
        bonus REAL,
        max_bonus REAL NOT NULL,
        result TEXT NOT NULL,               -- JSON, schema 1, its clocks left out
        environment TEXT NOT NULL,          -- JSON: versions of Python, numpy, ...
        graded_at TEXT NOT NULL,
        seconds REAL NOT NULL,
        PRIMARY KEY (student, submission, grader, run)
    ) WITHOUT ROWID;
    CREATE TABLE checks (
        student TEXT NOT NULL,
        submission TEXT NOT NULL,
        grader TEXT NOT NULL,
        run INTEGER NOT NULL,
        question TEXT NOT NULL,
        name TEXT NOT NULL,
        status TEXT NOT NULL,
        score REAL,
        max_score REAL NOT NULL,
        error REAL,
        diagnosis TEXT NOT NULL DEFAULT '', -- the id of the known mistake
        seconds REAL NOT NULL,
        PRIMARY KEY (student, submission, grader, run, question, name),
        FOREIGN KEY (student, submission, grader, run) REFERENCES attempts
    ) WITHOUT ROWID;
    CREATE TABLE overrides (                -- a score given by a person; the last one counts
        number INTEGER PRIMARY KEY,
        student TEXT NOT NULL REFERENCES students,
        question TEXT NOT NULL,             -- '' for the total
        score REAL NOT NULL,
        author TEXT NOT NULL,
        reason TEXT NOT NULL,
        made_at TEXT NOT NULL
    );
    CREATE TABLE penalties (
        student TEXT NOT NULL,
        submission TEXT NOT NULL,
        points REAL NOT NULL,               -- taken off
        reason TEXT NOT NULL,
        PRIMARY KEY (student, submission),
        FOREIGN KEY (student, submission) REFERENCES deliveries
    ) WITHOUT ROWID;
    CREATE INDEX checks_by_diagnosis ON checks (question, name, diagnosis);
    """,
    # A regrade may be of some students and some questions; the others' results are taken over.
    """
    -- JSON: the students and questions asked for; {} for everything
    ALTER TABLE runs ADD COLUMN scope TEXT NOT NULL DEFAULT '{}';
    -- JSON: of questions that were taken over, the run in which they were graded
    ALTER TABLE attempts ADD COLUMN origins TEXT NOT NULL DEFAULT '{}';
    """,
    # Answers to the labs' questions, and what persons give for them.
    """
    CREATE TABLE answers (                  -- as they were handed in, one after another
        number INTEGER PRIMARY KEY,
        student TEXT NOT NULL REFERENCES students,
        question TEXT NOT NULL,
        digest TEXT NOT NULL,               -- of the text
        text TEXT NOT NULL,                 -- '' where nothing was written
        source TEXT NOT NULL,               -- the file or folder it came in
        submitted_at TEXT
    );
    CREATE INDEX answers_by_student ON answers (student, question);
    CREATE TABLE marks (                    -- the last one for the answer that counts, counts
        number INTEGER PRIMARY KEY,
        student TEXT NOT NULL REFERENCES students,
        question TEXT NOT NULL,
        digest TEXT NOT NULL,               -- of the answer that was marked
        points REAL NOT NULL,
        author TEXT NOT NULL,
        comment TEXT NOT NULL,              -- for the student
        made_at TEXT NOT NULL
    );
    CREATE INDEX marks_by_student ON marks (student, question);
    """,
)
TABLES = {"students", "submissions", "deliveries", "runs", "attempts", "checks"}
CLOCKS = {
    "runs": ("started_at", "finished_at"),
    "attempts": ("graded_at", "seconds"),
    "checks": ("seconds",),
    "overrides": ("made_at",),
    "marks": ("made_at",),
}


class GradebookError(Exception):
    """The gradebook cannot be used; the sentence says why and what to do."""


class GradebookUnwritable(GradebookError):
    """The disk takes no more; what was written before is there."""


class Database:
    """The open file: transactions that are whole or not there, and errors as sentences."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._told():
            _require_no_log_alone(path)
            _create_private(path)
            self._db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            with self._told():
                self._db.row_factory = sqlite3.Row
                self._require_ours()  # before anything is written
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute("PRAGMA foreign_keys = ON")
                self._migrate()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was written is there already."""
        self._db.close()

    def _version(self) -> int:
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        return int(version)

    def _require_ours(self) -> None:
        version = self._version()
        if version > len(MIGRATIONS):
            raise GradebookError(
                f"{self.path} was made by a newer version of the grader; use that one."
            )
        tables = {row["name"] for row in self._db.execute("SELECT name FROM sqlite_master")}
        if tables and not (version and tables >= TABLES):
            raise GradebookError(
                f"{self.path} is the database of another program: give another file."
            )

    def _migrate(self) -> None:
        with self._transaction():
            version = self._version()  # another process may have done it
            for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
                for statement in script.split(";\n"):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing; waits while another process writes."""
        with self._told():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # SQLite may have taken it back already
                    self._db.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite and the system say into one sentence."""
        try:
            yield
        except (sqlite3.Error, OSError, json.JSONDecodeError) as error:
            kind = GradebookUnwritable if _is_full(error) else GradebookError
            raise kind(_sentence(self.path, error)) from error

    def _vacuum(self) -> None:
        """Write the file anew: deleted rows stay readable in it, and in its log, until then."""
        with self._told():
            self._db.execute("VACUUM")
            busy, _, _ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise GradebookError(
                f"{self.path} is in use, so that its log still holds what was removed. "
                "Run this again when no other program has it open."
            )

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table but for its clocks: what two gradebooks must have in common."""
        names = [
            row["name"]
            for row in self._rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
        ]
        found = {}
        for name in sorted(names):
            columns = [row["name"] for row in self._rows(f"PRAGMA table_info({name})")]
            kept = ", ".join(c for c in columns if c not in CLOCKS.get(name, ()))
            found[name] = sorted(
                (tuple(row) for row in self._rows(f"SELECT {kept} FROM {name}")), key=repr
            )
        return found

    def _rows(self, query: str, values: Iterable[Any] = ()) -> list[sqlite3.Row]:
        with self._told():
            return self._db.execute(query, list(values)).fetchall()


def _require_no_log_alone(path: Path) -> None:
    """GradebookError for a log without its file: SQLite would delete it, with all that is in it."""
    log = path.with_name(path.name + "-wal")
    if log.is_file() and log.stat().st_size and not (path.exists() and path.stat().st_size):
        raise GradebookError(
            f"{log} is the log of a gradebook, but {path} is not there, or is empty: bring that "
            "file back, or move the log away."
        )


def _create_private(path: Path) -> None:
    """Make the file, readable by its owner alone, before SQLite makes it readable by all."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return "disk is full" in str(error) or "disk I/O" in str(error)


def _sentence(path: Path, error: Exception) -> str:
    text = str(error)
    if _is_full(error):
        return (
            f"The disk with {path} is full, or cannot be written. Free some space and run this "
            "again; nothing is lost."
        )
    if isinstance(error, FileNotFoundError):
        return f"{path} cannot be made: its folder is not there."
    if isinstance(error, OSError) or "readonly" in text or "unable to open" in text:
        return f"{path} cannot be opened for writing: give another file with --gradebook."
    if "locked" in text:
        return f"{path} is in use by another program for longer than {BUSY_SECONDS:g} s."
    if isinstance(error, json.JSONDecodeError) or any(sign in text for sign in DAMAGE):
        return f"{path} is not a gradebook, or is damaged: restore a copy, or give another file."
    return f"{path} cannot be used: {text}."
