"""The page that markers read, and the table on the class's page."""

import re

import pytest

from grader.classroom.gradebook import Gradebook
from grader.classroom.marking import Row
from grader.classroom.policies import Policies
from grader.classroom.records import Mark, Student
from grader.classroom.summary import Summary, entries_of
from grader.labs.answers import MAX_ANSWER, digest_of
from grader.manifest import load_manifest
from grader.manual import ManualQuestion
from grader.reports.html.classroom import class_page
from grader.reports.html.marking import marking_page
from tests.reports import classes
from tests.reports.test_html_markup import NASTY

WHY, HOW = ManualQuestion("why", "Why & how", "tiny", 2), ManualQuestion("how", "How", "tiny", 1)


def row(code, text, question=WHY, students=("ann",), **more):
    return Row(code, question, students, text, **more)


def flat(page):
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("</style>")[2]).split())


def test_equal_answers_are_shown_once_with_all_their_codes():
    rows = [
        row("A-1", "the same"),
        row("B-1", "the  same", students=("bob", "cy")),
        row("C-2", "another", remark="changed since Eve gave an earlier answer 1"),
        row("D-3", "", question=HOW),
    ]
    text = flat(marking_page(rows, {"why": "Why *is* it?"}, "Toy, marker 1 of 2"))
    for part in (
        "Toy, marker 1 of 2 Answers to mark 4 answers.",
        "Why &amp; how Why *is* it? 2 points, lab tiny 2 times the same: A-1 ann · B-1 bob, cy "
        "the same C-2 ann (changed since Eve gave an earlier answer 1) another",
        "How 1 point, lab tiny D-3 ann (nothing was written)",
    ):
        assert part in text
    assert text.count("the same C-2") == 1
    assert "the  same" not in text


def test_an_anonymous_page_names_nobody():
    page = marking_page([row("A-1", "text", students=("Ann Lee",))], {}, "Toy", anonymous=True)
    assert "Ann" not in page
    assert "A-1" in page


@pytest.mark.parametrize("text", NASTY)
def test_hostile_answers_stay_text(text):
    plain = marking_page([row("A-1", "x", students=("x",))], {"why": "x"}, "Toy")
    page = marking_page([row("A-1", text, students=(text,), remark=text)], {"why": text}, "Toy")
    page.encode("utf-8")
    tags = re.compile(r"<[a-z/!]")
    assert len(tags.findall(page)) <= len(tags.findall(plain)) + 1
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_a_long_answer_is_shown_whole():
    text = "word " * (MAX_ANSWER // 5)
    assert text in marking_page([row("A-1", text)], {}, "Toy")


@pytest.fixture
def page(tmp_path, toy):
    """The class's page, after some answers and marks: `page({"ann": "text"}, {"ann": 1.5})`."""

    def make(answers, marks, manual_counts=False):
        rules = Policies(manual=(WHY, HOW), manual_counts=manual_counts)
        summary = Summary(load_manifest(toy(recorded=False).manifest))
        with Gradebook(tmp_path / "class.db") as book:
            run = book.begin_run(classes.GRADER, 5, "grade", "now")
            for number, student in enumerate(("ann", "bob", "cy")):
                classes.add(book, run, Student(student), classes.perfect(digest=str(number) * 64))
            for student, text in answers.items():
                book.add_answers(student, student, None, {"why": text})
            for student, points in marks.items():
                digest = digest_of(answers[student])
                book.add_marks([Mark(student, "why", digest, points, "Eve")], "now")
            for entry in entries_of(book, rules):
                summary.add(entry)
        return flat(class_page(summary))

    return make


def test_the_class_page_counts_what_is_marked(page):
    text = page({"ann": "a", "bob": "b", "cy": "c"}, {"ann": 1.0, "bob": 0.5})
    assert "1 answer to mark. The means are of what is marked." in text
    assert "Why &amp; how 3 2 1 0.75/2 How 0 0 0 –/1" in text


def test_without_answers_there_is_no_table(page):
    assert "marked by hand" not in page({}, {})


def test_marks_that_count_are_in_the_scores(page):
    text = page({"ann": "a"}, {"ann": 2.0}, manual_counts=True)
    assert "of 103 points" in text
    assert "Everything is marked." in text
