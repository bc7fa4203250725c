"""Which answer counts, what its mark does to a grade, and who is to mark what."""

import csv
import io
import json
import re
import types
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.grades import final_grade, final_grades
from grader.classroom.marking import LETTERS, Row, codes, manual_of, rows_of, shared_out
from grader.classroom.policies import Counts, Policies
from grader.classroom.records import Mark, Student
from grader.classroom.times import aware
from grader.labs.answers import digest_of
from grader.manual import ManualQuestion
from grader.reports.grades_csv import to_csv
from grader.reports.grades_json import to_json

WHY, HOW = ManualQuestion("why", "Why", "tiny", 2), ManualQuestion("how", "How", "tiny", 3)
POLICIES = Policies(manual=(WHY, HOW))
DAYS = [f"2026-03-0{day}T10:00:00+00:00" for day in range(1, 6)]


@pytest.fixture
def handed(book):
    """Hands in an answer: `handed("ann", why="Because.")`."""

    def hand(student, source=None, at=None, **answers):
        if student not in {known.id for known in book.students()}:
            book.add_students([Student(student)])
        book.add_answers(student, source or student, at, answers)

    return hand


def mark(book, student, question, text, points, author="Eve", comment=""):
    book.add_marks([Mark(student, question, digest_of(text), points, author, comment)], "now")


def counting(book, policies=POLICIES, student="ann", question="why", **details):
    """The text of the answer that counts."""
    texts = {digest_of(a.text): a.text for a in book.answers(student)}
    manual = manual_of(book, policies, Student(student, details=details))
    (part,) = (part for part in manual.parts if part.question.name == question)
    return texts[part.answer.digest] if part.answer else None


def test_the_last_answer_counts(book, handed):
    assert counting(book) is None
    handed("ann", "b", DAYS[1], why="second")
    handed("ann", "a", DAYS[0], why="first")
    handed("ann", "c", None, why="when?")  # before every known time
    assert counting(book) == "second"


def test_without_times_the_last_one_that_was_found_counts(book, handed):
    for text in ("a", "b", "a"):
        handed("ann", why=text)
    assert counting(book) == "a"


def test_nothing_does_not_take_the_place_of_something(book, handed):
    handed("ann", at=DAYS[0], why="Because.")
    handed("ann", at=DAYS[1], why="")
    assert counting(book) == "Because."
    handed("bob", at=DAYS[0], why="")
    assert counting(book, student="bob") == ""


def test_what_came_too_late_to_be_accepted_does_not_count(book, handed):
    due, until = (aware_time(DAYS[i]) for i in (0, 2))
    rules = Policies(due=due, accepted_until=until, manual=(WHY, HOW))
    handed("ann", at=DAYS[1], why="late")
    handed("ann", at=DAYS[3], why="too late")
    assert counting(book, rules) == "late"
    assert counting(book, rules, extension=DAYS[4]) == "too late"
    strict = Policies(due=due, accepted_until=due, manual=(WHY, HOW))
    assert counting(book, strict) is None


def test_where_the_last_one_on_time_counts_so_it_does_for_answers(book, handed):
    rules = Policies(due=aware_time(DAYS[1]), counts=Counts.LAST_ON_TIME, manual=(WHY, HOW))
    handed("ann", at=DAYS[0], why="in time")
    handed("ann", at=DAYS[3], why="late")
    assert counting(book, rules) == "in time"
    handed("bob", at=DAYS[3], why="late")
    assert counting(book, rules, student="bob") == "late"


def aware_time(text):
    return aware(datetime.fromisoformat(text))


def test_a_mark_is_for_one_answer(book, handed):
    handed("ann", why="a")
    mark(book, "ann", "why", "a", 1.5, comment="Nearly.")
    manual = manual_of(book, POLICIES, Student("ann"))
    assert [(s.name, s.score, s.max_score, s.by) for s in manual.scores] == [
        ("why", 1.5, 2.0, "Eve"),
        ("how", None, 3.0, None),
    ]
    assert (manual.points, manual.waiting, manual.comments) == (1.5, 0, {"why": "Nearly."})
    handed("ann", why="b")
    changed = manual_of(book, POLICIES, Student("ann"))
    assert (changed.points, changed.waiting, changed.scores[0].score) == (0.0, 1, None)
    mark(book, "ann", "why", "b", 2.0, "Kim")
    mark(book, "ann", "why", "b", 1.0, "Kim")
    assert manual_of(book, POLICIES, Student("ann")).points == 1.0
    handed("ann", why="a")  # which was marked before
    assert manual_of(book, POLICIES, Student("ann")).points == 1.5


def test_grades_show_marks_apart_unless_they_count(book, hand_in, handed):
    hand_in("ann", "s1", 50, 40)
    handed("ann", why="a", how="b")
    mark(book, "ann", "why", "a", 1.5)
    apart = final_grade(book, POLICIES, "ann")
    assert (apart.total, apart.manual.points, apart.reasons) == (
        *(90.0, 1.5),
        ("1 answer is not marked yet.",),
    )
    assert apart.corrections.manual is None
    both = final_grade(book, Policies(manual=(WHY, HOW), manual_counts=True), "ann")
    assert (both.total, both.raw, both.corrections.manual) == (91.5, 90.0, 1.5)
    assert "1.5 of 5 points for answers are counted in." in both.reasons
    book.add_override("ann", 80.0, author="Eve", reason="agreed", now="now")
    final = final_grade(book, Policies(manual=(WHY, HOW), manual_counts=True), "ann")
    assert (final.total, final.corrections.manual) == (80.0, None)


def test_a_course_without_manual_questions_sees_nothing_of_them(book, hand_in, handed):
    hand_in("ann", "s1", 50, 40)
    handed("ann", why="a")
    grade = final_grade(book, Policies(manual_counts=True), "ann")
    assert (grade.total, grade.manual.scores, grade.result["manual"]) == (90.0, [], [])


def test_exports_have_the_marks(book, hand_in, handed):
    hand_in("ann", "s1", 50, 40)
    hand_in("bob", "s2", 60, 40)
    handed("ann", why="a", how="b")
    mark(book, "ann", "why", "a", 1.5)
    mark(book, "ann", "how", "b", 3.0, "Kim")
    grades = list(final_grades(book, POLICIES))
    questions = [types.SimpleNamespace(name=name) for name in ("first", "second", "extra")]
    text = to_csv(grades, types.SimpleNamespace(questions=questions))
    ann, bob = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    assert (ann["total"], ann["manual"], ann["why"], ann["how"]) == (
        "90.00",
        "4.50",
        "1.50",
        "3.00",
    )
    assert (bob["total"], bob["manual"], bob["why"]) == ("100.00", "", "")
    one, two = json.loads("".join(to_json("toy", grades)))["grades"]
    given = [
        {"name": "why", "score": 1.5, "max_score": 2.0, "by": "Eve"},
        {"name": "how", "score": 3.0, "max_score": 3.0, "by": "Kim"},
    ]
    assert one["manual"] == one["result"]["manual"] == given
    assert [score["score"] for score in two["result"]["manual"]] == [None, None]


# The rows to be marked.


def test_equal_answers_stand_together_and_empty_ones_last_with_a_0(book, handed):
    for student, text in zip("abcdef", ["x  y", "", "other", "x y", "", "x\ny"], strict=True):
        handed(student, why=text)
    rows = rows_of(book, POLICIES)
    texts = [" ".join(row.text.split()) for row in rows]
    assert sorted(texts[:4]) == ["other", "x y", "x y", "x y"]
    assert texts[4:] == ["", ""]
    assert texts.index("other") in (0, 3)
    assert [row.points for row in rows] == [None] * 4 + [0.0] * 2


def test_who_hands_in_together_is_one_row(book, handed):
    handed("ann", "team.zip", why="ours")
    handed("bob", "team.zip", why="ours")
    handed("cy", "cy.zip", why="ours")
    assert sorted(row.students for row in rows_of(book, POLICIES)) == [("ann", "bob"), ("cy",)]
    mark(book, "ann", "why", "ours", 1.0)  # bob joined later, say
    (team, _) = sorted(rows_of(book, POLICIES), key=lambda row: row.students)
    assert (team.students, team.points) == (("ann", "bob"), 1.0)
    mark(book, "bob", "why", "ours", 1.0)
    assert [row.students for row in rows_of(book, POLICIES)] == [("cy",)]


def test_what_was_marked_is_left_out_unless_everything_is_asked_for(book, handed):
    handed("ann", why="a", how="b")
    mark(book, "ann", "why", "a", 1.5, comment="Nearly.")
    assert [row.question for row in rows_of(book, POLICIES)] == [HOW]
    first, _ = rows_of(book, POLICIES, everything=True)
    assert (first.question, first.points, first.comment, first.remark) == (WHY, 1.5, "Nearly.", "")
    handed("ann", why="changed")
    first, _ = rows_of(book, POLICIES)
    assert (first.points, first.comment) == (None, "")
    assert first.remark == "changed since Eve gave an earlier answer 1.5"


def test_codes_stay_tell_nobody_and_are_no_words_or_numbers(book, handed):
    students = [f"student{i:03}" for i in range(200)]
    for student in students:
        handed(student, why="same", how="same")
    rows = rows_of(book, POLICIES)
    found = [row.code for row in rows]
    assert found == [row.code for row in rows_of(book, POLICIES)]
    assert len(set(found)) == 400
    assert all(re.fullmatch(f"[{LETTERS}]{{12}}-[{LETTERS}]{{6}}", code) for code in found)
    assert [row.students[0] for row in rows if row.question == WHY] != students
    book.begin_run("g", 12345, "grade", "now")
    secret = codes(book).of("student000", "why", digest_of("same"))
    assert secret not in found
    book.begin_run("g", 99999, "regrade", "now")
    assert codes(book).of("student000", "why", digest_of("same")) == secret


COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=20)


@given(COUNTS, st.integers(1, 25))
def test_all_of_a_question_goes_to_one_marker_and_nothing_is_lost(counts, markers):
    rows = [
        Row(f"{number}-{i}", ManualQuestion(f"q{number}", "Q", "tiny", 1), (str(i),), f"text {i}")
        for number, count in enumerate(counts)
        for i in range(count)
    ]
    shares = shared_out(rows, markers)
    assert shares == shared_out(list(rows), markers)
    assert sorted(row.code for share in shares for row in share) == sorted(r.code for r in rows)
    assert len(shares) == min(markers, sum(count > 0 for count in counts))
    names = [{row.question.name for row in share} for share in shares]
    assert sum(map(len, names)) == len(set().union(*names))
    if shares:  # no marker has more than another by more than one question
        sizes = sorted(map(len, shares))
        assert sizes[-1] - sizes[0] <= max(counts)


def test_equal_and_empty_answers_are_less_work(book):
    def rows(name, texts):
        question = ManualQuestion(name, name, "tiny", 1)
        return [Row(f"{name}{i}", question, ("s",), text) for i, text in enumerate(texts)]

    many = rows("many", ["", "", "", "x", "x", "x"])
    few, some = rows("few", ["a", "b", "c"]), rows("some", ["a", "b"])
    assert shared_out([*many, *few, *some], 2) == [few, [*many, *some]]
