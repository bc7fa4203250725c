"""Grades: which attempt counts, what is taken off, and what a person corrects."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grader.classroom.grades import final_grade, final_grades, penalties
from grader.classroom.policies import Counts, Policies
from grader.classroom.records import Student

DUE = datetime(2026, 6, 1, tzinfo=UTC)
RULES = Policies(due=DUE, late_percent=10.0)


def day(n):
    return (DUE + timedelta(days=n)).isoformat()


@pytest.fixture
def grade(book):
    def compute(rules=RULES, student="ada"):
        book.set_penalties(penalties(book, rules))
        return final_grade(book, rules, student)

    return compute


@pytest.fixture
def correct(book):
    def put(score, question="", student="ada"):
        book.add_override(
            student, score, question=question, author="Eve", reason="mercy", now="2026-07-01"
        )

    return put


def chosen(grade):
    return grade.attempt.submission if grade.attempt else None


def test_one_submission_on_time(hand_in, grade):
    hand_in("ada", "s1", 50, 40, 3, at=day(-1))
    found = grade()
    assert (found.raw, found.penalty, found.override, found.total) == (90, 0, None, 90)
    assert (found.bonus, chosen(found), found.reasons) == (3, "s1", ())
    assert found.questions == {"first": 50, "second": 40, "extra": 3}
    assert found.submitted_at == DUE - timedelta(days=1)


def test_raw_score_and_penalty_stay_apart(hand_in, grade):
    hand_in("ada", "s1", 50, 40, 3, at=day(2))
    found = grade()
    assert (found.raw, found.penalty, found.total, found.bonus) == (90, 20, 70, 3)
    assert found.reasons == ("20 points taken off: 2 days late.",)


def test_a_grade_is_never_below_zero(hand_in, grade):
    hand_in("ada", "s1", 5, 0, at=day(2))
    assert grade().total == 0


@pytest.mark.parametrize(
    ("counts", "submission"),
    [(Counts.BEST, "s2"), (Counts.LAST, "s3"), (Counts.LAST_ON_TIME, "s2")],
)
def test_the_attempt_that_counts(hand_in, grade, counts, submission):
    hand_in("ada", "s3", 60, 25, at=day(1))  # 85, less 10
    hand_in("ada", "s1", 60, 0, at=day(-3))
    hand_in("ada", "s2", 60, 20, at=day(-2))
    found = grade(replace(RULES, counts=counts))
    assert chosen(found) == submission
    assert found.reasons[0].startswith("Of 3 submissions the ")


def test_of_equals_the_earliest_is_the_best_and_the_bonus_decides_first(hand_in, grade):
    hand_in("ada", "s2", 60, 0, 0, at=day(-1))
    hand_in("ada", "s1", 60, 0, 0, at=day(-2))
    assert chosen(grade()) == "s1"
    hand_in("ada", "s3", 60, 0, 5, at=day(-1))
    assert chosen(grade()) == "s3"


def test_without_one_on_time_the_last_one_counts(hand_in, grade):
    hand_in("ada", "s1", 60, 40, at=day(1))
    hand_in("ada", "s2", 60, 0, at=day(2))
    assert chosen(grade(replace(RULES, counts=Counts.LAST_ON_TIME))) == "s2"


def test_unknown_times_are_on_time_and_come_first(hand_in, grade):
    hand_in("ada", "s1", 10, 0, at=day(-5))
    hand_in("ada", "s2", 60, 40)
    assert chosen(grade(replace(RULES, counts=Counts.LAST))) == "s1"
    found = grade()
    assert (chosen(found), found.penalty) == ("s2", 0)
    assert "not known" in found.reasons[-1]


def test_of_unknown_times_the_one_graded_last_is_the_last(hand_in, grade):
    hand_in("ada", "s2", 10, 0)
    hand_in("ada", "s1", 20, 0)
    assert chosen(grade(replace(RULES, counts=Counts.LAST))) == "s1"


def test_times_are_compared_as_instants(hand_in, grade):
    hand_in("ada", "s1", 1, 0, at="2026-05-01T12:00:00+02:00")
    hand_in("ada", "s2", 2, 0, at="2026-05-01T11:00:00+00:00")
    assert chosen(grade(replace(RULES, counts=Counts.LAST))) == "s2"


def test_what_was_not_accepted_counts_for_nothing(hand_in, grade):
    rules = replace(RULES, accepted_until=DUE + timedelta(days=1))
    hand_in("ada", "s1", 60, 40, 7, at=day(3))
    found = grade(replace(rules, bonus_counts=True))
    assert (found.raw, found.total, found.bonus) == (100, 0, 0)
    assert "nothing was accepted any more" in found.reasons[0]
    hand_in("ada", "s2", 1, 0, at=day(0))
    assert chosen(grade(replace(rules, counts=Counts.LAST))) == "s2"


def test_only_the_newest_grading_of_a_submission_counts(hand_in, grade):
    hand_in("ada", "s1", 60, 40)
    hand_in("ada", "s1", 60, 10)
    assert grade().raw == 70
    assert len(grade().reasons) == 1


def test_a_withheld_score_is_not_passed_over(hand_in, grade):
    hand_in("ada", "s1", 60, 10, at=day(-2))
    hand_in("ada", "s2", None, 40, at=day(-1))
    found = grade()
    assert (chosen(found), found.raw, found.total, found.withheld) == ("s2", None, None, True)
    assert any("withheld" in reason for reason in found.reasons)


def test_a_correction_of_a_question(hand_in, grade, correct):
    hand_in("ada", "s1", 50, 0, 3, at=day(1))
    correct(1, "second")
    correct(30, "second")
    found = grade()
    assert (found.raw, found.override, found.penalty, found.total) == (50, 80, 10, 70)
    assert found.questions["second"] == 30
    assert found.reasons[-1] == "second: 30, given by Eve: mercy"


def test_a_correction_of_a_bonus_question(hand_in, grade, correct):
    hand_in("ada", "s1", 50, 0, 3)
    correct(7, "extra")
    found = grade()
    assert (found.override, found.total, found.bonus) == (None, 50, 7)
    assert grade(replace(RULES, bonus_counts=True)).total == 57


def test_a_correction_can_stand_in_for_a_withheld_question(hand_in, grade, correct):
    hand_in("ada", "s1", None, 40)
    correct(55, "first")
    found = grade()
    assert (found.raw, found.total, found.withheld) == (None, 95, False)


def test_a_total_that_a_person_gave_is_the_total(hand_in, grade, correct):
    hand_in("ada", "s1", 50, 0, at=day(2))
    correct(10, "second")
    correct(88.5)
    found = grade()
    assert (found.raw, found.penalty, found.override, found.total) == (50, 20, 88.5, 88.5)
    assert "does not change" in found.reasons[-1]


def test_corrections_without_a_submission(hand_in, book, grade, correct):
    hand_in("bob", "s1", 1, 1)
    book.add_students([Student("ada")])
    found = grade()
    assert (found.raw, found.total, found.attempt, found.withheld) == (None, None, None, False)
    assert found.reasons == ("Nothing was handed in and graded.",)
    correct(5, "first")
    assert grade().total is None
    assert "Not used" in grade().reasons[-1]
    correct(40)
    assert grade().total == 40


def test_the_extension_and_slip_days_of_a_student(hand_in, book, grade):
    hand_in("ada", "s1", 60, 40, at=day(2), extension=day(1))
    hand_in("bob", "s1", 60, 40, at=day(2), slip_days=2)
    hand_in("cleo", "s1", 60, 40, at=day(2))
    totals = {found.student.id: found.total for found in (grade(), *final_grades(book, RULES))}
    assert totals == {"ada": 90, "bob": 100, "cleo": 80}


def test_penalties_are_rows_and_replaced(hand_in, book, grade):
    hand_in("ada", "s1", 60, 40, at=day(1))
    hand_in("ada", "s2", 60, 40, at=day(-1))
    grade()
    assert book.penalties() == {("ada", "s1"): (10, "1 day late")}
    grade(Policies())
    assert book.penalties() == {}


def test_nobody_of_that_name(book):
    with pytest.raises(KeyError):
        final_grade(book, RULES, "nobody")
