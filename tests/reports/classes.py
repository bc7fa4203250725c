"""A made-up class: a gradebook filled from a few results, without grading anything."""

import copy
import random
from datetime import UTC, datetime

from grader.classroom.policies import Policies
from grader.classroom.records import Attempt, Delivery, Student
from grader.classroom.summary import Summary, entries_of

FIRST = [
    "Ada",
    "Bo",
    "Chen",
    "Dana",
    "Emil",
    "Fatima",
    "Goran",
    "Hana",
    "Ivo",
    "Jun",
    "Kofi",
    "Lena",
    "Mei",
    "Nils",
    "Olga",
    "Priya",
]
LAST = ["Almeida", "Brandt", "Costa", "Diallo", "Eriksen", "Fontaine", "Garcia", "Haddad"]
RULES = {"policies": Policies(), "now": datetime(2026, 3, 1, tzinfo=UTC)}
GRADER = "sha256:" + "9" * 64
MISTAKES = ("scale-left-out", "state-not-stored", "sign-turned-round")


def question(name, title, points, checks=4, bonus=False):
    """A question whose checks all pass."""
    share = points / checks
    return {
        "name": name,
        "title": title,
        "score": float(points),
        "max_score": float(points),
        "bonus": bonus,
        "checks": [
            {
                "name": f"check_{i}",
                "title": f"Law number {i} of {title.lower()} holds",
                "status": "passed",
                "score": share,
                "max_score": share,
                "message": "",
                "relative_error": None,
                "diagnosis": None,
                "notes": [],
            }
            for i in range(checks)
        ],
    }


def perfect(student="someone", digest="0" * 64):
    """A complete result, schema 1, with every point."""
    return {
        "schema": 1,
        "assignment": "toy",
        "version": "0",
        "mode": "official",
        "submission": {"id": student, "digest": f"sha256:{digest}"},
        "isolation": ["process", "rlimits", "landlock", "seccomp"],
        "score": 100.0,
        "max_score": 100.0,
        "bonus": 7.0,
        "max_bonus": 7.0,
        "questions": [
            question("double", "Twice as much", 40),
            question("halve", "Half as much", 30),
            question("unhalve", "Back again", 20),
            question("together", "Both", 10),
            question("triple", "Three times as much", 7, bonus=True),
        ],
        "environment": {"python": "3", "numpy": "2", "blas": "blas", "platform": "here"},
        "manual": [],
        "output": "",
    }


def fail(result, name, status="failed", *, error=None, diagnosis=None, message="", checks=None):
    """Let checks of a question (all, or so many) fail, and count the points again."""
    (found,) = (q for q in result["questions"] if q["name"] == name)
    for check in found["checks"][:checks]:
        check.update(
            status=status,
            score=None if status == "error" else 0.0,
            relative_error=error,
            message=message or f"y differs from the reference (error {error})",
            diagnosis=diagnosis,
        )
    for q in result["questions"]:
        scores = [check["score"] for check in q["checks"]]
        q["score"] = None if None in scores else sum(scores)
    for total, bonus in (("score", False), ("bonus", True)):
        scores = [q["score"] for q in result["questions"] if q["bonus"] is bonus]
        result[total] = None if None in scores else sum(scores)
    return result


def known(mistake):
    return {
        "id": mistake,
        "text": f"Exactly what you get when the {mistake.replace('-', ' ')}.\n"
        "What comes out is too long by a factor. Compare it with what went in.",
    }


def add(book, run, student, result, *, seconds=0.1, refused="", digest=None, late=None):
    """Hand in, and grade: the attempt."""
    digest = digest or result["submission"]["digest"]
    result["submission"]["digest"] = digest
    book.add_students([student])
    book.add_delivery(Delivery(student.id, digest, f"{student.id}.zip", late), b"", refused)
    kept = copy.deepcopy(result)
    environment = kept.pop("environment")
    totals = (kept["score"], kept["max_score"], kept["bonus"], kept["max_bonus"])
    when = "2026-03-01T10:00:00+00:00"
    attempt = Attempt(
        student.id, digest, GRADER, run.number, *totals, kept, environment, when, seconds
    )
    book.add_attempt(attempt)
    return attempt


def summary_of(book, manifest, policies, *handed_out):
    """The summary of a gradebook, as the class's page is made from it."""
    summary = Summary(manifest)
    for entry in entries_of(book, policies, *handed_out):
        summary.add(entry, f"students/{entry.student.id}.html")
    return summary


def draw_result(random, digest):
    """A student's result as it might be: known mistakes, unknown ones, gaps."""
    result = perfect(digest=digest)
    names = [q["name"] for q in result["questions"]]
    for name in names:
        luck = random.random()
        if luck < 0.22:
            mistake = random.choices(MISTAKES, weights=(6, 3, 1))[0]
            number = f"{name}-{mistake}"
            fail(result, name, error=0.5, diagnosis=known(number), checks=random.choice((1, 3, 4)))
        elif luck < 0.3:
            fail(result, name, error=random.random(), checks=random.choice((1, 2)))
        elif luck < 0.36:
            fail(result, name, "missing", message=f"{name} is not written yet.")
        elif luck < 0.4:
            fail(result, name, "crashed", message=f"{name} raised ValueError.", checks=2)
    return result


def fill(book, count, *, seed=0, manifest=None):
    """A class of `count`, with everything in it that a report should show."""
    chance = random.Random(seed)
    run = book.begin_run(GRADER, 5, "first", "2026-03-01T10:00:00+00:00")
    for i in range(count):
        digest = f"sha256:{i:064x}"
        surname = LAST[(i // len(FIRST)) % len(LAST)]
        extra = f" {i}" if i >= len(FIRST) * len(LAST) else ""
        student = Student(f"s{i:05}", f"{FIRST[i % len(FIRST)]} {surname}{extra}")
        result = draw_result(chance, f"{i:064x}")
        refused, seconds = "", chance.lognormvariate(-1, 0.4)
        if i == 3:
            refused = "work.zip is encrypted. Pack it without a password."
            for q in result["questions"]:
                fail(result, q["name"], "missing", message=f"{q['name']} is not there.")
        elif i == 5:
            fail(result, "halve", "timeout", message="halve did not answer within 5 s.")
            seconds = 61.5
        elif i == 6:
            fail(result, "halve", "memory", message="halve asked for more memory than it may use.")
        elif i == 7:
            said = manifest.say("killed_hidden", function="double") if manifest else "double died."
            fail(result, "double", "crashed", message=said)
        elif i == 9:
            fail(result, "together", "error", message="The grader itself failed here.", checks=1)
        elif i % 7 == 4:
            fail(result, "unhalve", error=0.20729, checks=2)  # the fault of the check
        elif i in (10, 20):
            fail(result, "double", error=0.031337, checks=1)
            fail(result, "halve", error=0.0271828, checks=1)
        elif i == 31:
            digest = f"sha256:{30:064x}"
        add(book, run, student, result, seconds=seconds, refused=refused, digest=digest)
        if i == 12:
            book.set_penalties([(student.id, digest, 5.0, "handed in 20 h late")])
            book.add_override(
                student.id,
                38.0,
                question="double",
                author="R. Ferraro",
                reason="agreed on in office hours",
                now="2026-03-02T10:00:00+00:00",
            )
    book.finish_run(run, "2026-03-01T11:00:00+00:00")
