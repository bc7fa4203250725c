"""Answers and marks are rows that are added, and never lost or doubled."""

import pytest

from grader.classroom.gradebook import Gradebook
from grader.classroom.records import Delivery, Mark, Student
from grader.labs.answers import digest_of

EARLY, LATE = "2026-03-01T10:00:00+00:00", "2026-03-02T10:00:00+00:00"


@pytest.fixture
def ann(book):
    book.add_students([Student("ann")])
    return book


def texts(book, student="ann"):
    return [answer.text for answer in book.answers(student)]


def test_the_same_answers_from_the_same_place_are_kept_once(ann):
    for _ in range(2):
        ann.add_answers("ann", "ann.zip", EARLY, {"why": "Because.", "how": ""})
    assert [(a.question, a.text, a.submitted_at) for a in ann.answers()] == [
        ("why", "Because.", EARLY),
        ("how", "", EARLY),
    ]
    assert [a.digest for a in ann.answers(texts=False)] == [digest_of("Because."), digest_of("")]
    assert texts(ann, "bob") == []


def test_an_answer_that_was_changed_back_is_the_last_one_again(ann):
    for text in ("a", "b", "a", "a"):
        ann.add_answers("ann", "ann", None, {"why": text})
    assert texts(ann) == ["a", "b", "a"]


def test_several_submissions_read_again_and_again_add_nothing(ann):
    for _ in range(3):
        ann.add_answers("ann", "first", EARLY, {"why": "a"})
        ann.add_answers("ann", "second", LATE, {"why": "b"})
    assert texts(ann) == ["a", "b"]


def test_marks_stay_beside_those_that_take_their_place(ann):
    one = Mark("ann", "why", "d", 1.5, "Eve", "Nearly.")
    two = Mark("ann", "why", "d", 2.0, "Eve")
    ann.add_marks([one], "now")
    ann.add_marks([two], "later")
    assert ann.marks("ann") == ann.marks() == [one, two]


def test_half_of_the_marks_are_none(ann):
    with pytest.raises(Exception, match="FOREIGN KEY"):
        ann.add_marks(
            [Mark("ann", "why", "d", 1.0, "Eve"), Mark("nobody", "why", "d", 1.0, "Eve")], "now"
        )
    assert ann.marks() == []


def test_the_time_of_marking_is_no_part_of_what_gradebooks_have_in_common(ann, tmp_path):
    ann.add_marks([Mark("ann", "why", "d", 1.0, "Eve")], "now")
    with Gradebook(tmp_path / "other.db") as other:
        other.add_students([Student("ann")])
        other.add_marks([Mark("ann", "why", "d", 1.0, "Eve")], "later")
        assert other.dump() == ann.dump()


def test_a_student_who_is_purged_leaves_neither_answers_nor_marks(ann):
    ann.add_delivery(Delivery("ann", "s1", "ann.zip"), b"")
    ann.add_students([Student("bob")])
    for student in ("ann", "bob"):
        ann.add_answers(student, student, None, {"why": f"a very personal answer of {student}"})
        ann.add_marks([Mark(student, "why", "d", 1.0, "Eve", f"dear {student}")], "now")
    assert ann.purge("ann")
    assert [a.student for a in ann.answers()] == [m.student for m in ann.marks()] == ["bob"]
    ann.close()
    everything = b"".join(file.read_bytes() for file in ann.path.parent.glob(f"{ann.path.name}*"))
    assert b"personal answer of bob" in everything
    assert b"personal answer of ann" not in everything
    assert b"dear ann" not in everything
