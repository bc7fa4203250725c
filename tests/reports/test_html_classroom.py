"""A class's pages: counted right, honest about what they show, and possible for ten thousand."""

import os
import re
import stat
import sys
from datetime import UTC, datetime

import pytest

from grader.classroom import findings
from grader.classroom.gradebook import Gradebook
from grader.classroom.grades import final_grades
from grader.classroom.policies import Counts, Policies, Visibility
from grader.classroom.records import Student
from grader.classroom.summary import entries_of
from grader.manifest import load_manifest
from grader.reports.grades_csv import to_csv
from grader.reports.html.classroom import class_page
from grader.reports.html.folder import page_name, write_class_report
from tests.reports import classes
from tests.reports.test_html_markup import NASTY, assert_harmless, read
from tests.reports.test_html_student import flat, parents_hold

RULES = Policies(counts=Counts.LAST)


@pytest.fixture
def words(toy):
    return load_manifest(toy(recorded=False).manifest)


@pytest.fixture
def book(tmp_path):
    with Gradebook(tmp_path / "grades.db") as book:
        yield book


@pytest.fixture
def hand_in(book):
    """Adds a student with a result: `hand_in("ada", result, ...)`."""
    run = book.begin_run(classes.GRADER, 5, "first", "2026-03-01")

    def hand_in(name, result=None, *, number=None, team="", again=False, **more):
        result = result or classes.perfect()
        hand_in.count += 1
        digest = f"sha256:{number or hand_in.count:064x}"
        in_run = book.begin_run(classes.GRADER, 6, "again", "2026-03-02")
        student = Student(name, name.capitalize(), team=team)
        return classes.add(book, in_run if again else run, student, result, digest=digest, **more)

    hand_in.count = 0
    return hand_in


@pytest.fixture
def summed(book, words):
    """The summary of what is in the gradebook."""

    return lambda: classes.summary_of(book, words, RULES)


def test_a_made_up_class_is_shown_whole(book, words, summed):
    classes.fill(book, 60, manifest=words)
    page = class_page(summed())
    text = flat(page)
    for part in ("60 students", "1 score withheld", "Tomorrow’s lecture", "Ran out of time"):
        assert part in text
    for part in ("Could not be read", "Ran out of memory", "Ended its process", "Likely a fault"):
        assert part in text
    assert parents_hold(page)
    assert len(set(re.findall(r'href="(students/[^"]*)"', page))) == 60


def test_an_empty_class_has_a_page(words, summed):
    assert "0 students. No score yet." in flat(class_page(summed()))


def test_misconceptions_are_counted_by_student(hand_in, summed):
    for i in range(3):
        hand_in(f"a{i}", classes.fail(classes.perfect(), "halve", diagnosis=classes.known("x")))
    once = classes.known("y")
    hand_in("b", classes.fail(classes.perfect(), "double", diagnosis=once, checks=1))
    summary = summed()
    assert {m.id: m.students for m in summary.mistakes.values()} == {"x": [0, 1, 2], "y": [3]}
    text = flat(class_page(summary))
    assert text.index("when the x") < text.index("when the y")
    assert "375%" in text.replace(" ", "")  # 3, 75%


def test_a_pattern_is_no_known_mistake(hand_in, summed):
    pattern = {"id": "pattern-sign", "text": "Every entry has the wrong sign."}
    for name in ("a", "b"):
        hand_in(name, classes.fail(classes.perfect(), "halve", error=0.5, diagnosis=pattern))
    summary = summed()
    assert summary.mistakes == {}
    (cluster,) = findings.clusters(summary)
    assert (len(cluster.symptoms), cluster.students) == (4, (0, 1))


def test_equal_errors_make_a_cluster_and_many_of_them_a_suspicion(hand_in, summed):
    for i in range(4):
        hand_in(f"a{i}", classes.fail(classes.perfect(), "halve", error=0.25, checks=1))
    for i in range(2):
        hand_in(f"b{i}", classes.fail(classes.perfect(), "double", error=0.75, checks=1))
    hand_in("c", classes.fail(classes.perfect(), "double", error=0.751, checks=1))
    found = findings.clusters(summed())
    assert [(len(c.students), c.suspicious) for c in found] == [(4, True), (2, False), (1, False)]


def test_copies_make_no_check_suspicious(hand_in, summed):
    for i in range(6):
        wrong = classes.fail(classes.perfect(), "halve", error=0.25, checks=1)
        hand_in(f"a{i}", wrong, number=99)
    (cluster,) = findings.clusters(summed())
    assert not cluster.suspicious


def test_identical_files_are_shown_but_not_of_a_team_nor_of_the_unreadable(hand_in, summed):
    hand_in("ada", number=50)
    hand_in("bo", number=50)
    hand_in("chen", number=51, team="red")
    hand_in("dana", number=51, team="red")
    hand_in("emil", number=52, refused="It is damaged.")
    hand_in("fatima", number=52, refused="It is damaged.")
    assert [group.students for group in findings.identical(summed())] == [(0, 1)]
    assert "no proof of anything" in flat(class_page(summed()))


def test_two_rare_mistakes_in_common_make_twins(hand_in, summed):
    def odd(*questions):
        result = classes.perfect()
        for question in questions:
            classes.fail(result, question, error=0.123, checks=2)
        return result

    hand_in("ada", odd("halve", "double"))
    hand_in("bo", odd("halve", "double"))
    hand_in("chen", odd("halve"))  # one question in common, however many checks
    summary = summed()
    (pair,) = findings.twins(summary)
    assert (pair.first, pair.second, len(pair.shared)) == (0, 1, 2)
    assert "Ada and Bo" in flat(class_page(summary))


def test_a_common_mistake_makes_no_twins(hand_in, summed):
    for i in range(4):
        wrong = classes.fail(classes.perfect(), "halve", diagnosis=classes.known("x"))
        hand_in(f"a{i}", classes.fail(wrong, "double", diagnosis=classes.known("y")))
    assert findings.twins(summed()) == []


def test_the_last_grading_of_the_last_submission_counts(book, hand_in, summed):
    better, worse = classes.perfect(), classes.fail(classes.perfect(), "halve", error=0.5)
    hand_in("ada", better, number=9, late="2026-03-01T10:00:00+00:00")
    hand_in("ada", worse, number=8, late="2026-03-02T10:00:00+00:00")
    hand_in("bo", worse, number=7)
    hand_in("bo", better, number=7, again=True)
    assert [line.score for line in summed().lines] == [70.0, 100.0]


def test_penalties_and_corrections_by_hand(book, hand_in, summed):
    made = {"author": "R. Ferraro", "reason": "agreed", "now": "2026-03-02"}
    for name in ("ada", "bo", "chen", "dana"):
        hand_in(name, classes.fail(classes.perfect(), "halve", error=0.5), number=ord(name[0]))
    book.set_penalties([(name, f"sha256:{ord(name[0]):064x}", 80.0, "late") for name in ("ada",)])
    book.add_override("bo", 12.5, **made)
    book.add_override("chen", 30.0, question="halve", **made)
    book.add_override("dana", 1.0, question="triple", **made)
    lines = summed().lines
    assert [line.score for line in lines] == [0.0, 12.5, 100.0, 70.0]
    assert [line.bonus for line in lines] == [7.0, 7.0, 7.0, 1.0]


def test_the_attempt_that_counts_is_shown(book, hand_in):
    better, worse = classes.perfect(), classes.fail(classes.perfect(), "halve", error=0.5)
    hand_in("ada", better, number=9, late="2026-03-01T10:00:00+00:00")
    hand_in("ada", worse, number=8, late="2026-03-02T10:00:00+00:00")
    due = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for counts, score in ((Counts.BEST, 100.0), (Counts.LAST, 70.0), (Counts.LAST_ON_TIME, 100.0)):
        (entry,) = entries_of(book, Policies(due=due, counts=counts))
        assert entry.attempt.score == score


def test_a_total_that_a_person_gave_means_the_same_everywhere(book, words, hand_in):
    hand_in("ada", classes.fail(classes.perfect(), "halve", error=0.5))
    book.set_penalties([("ada", f"sha256:{1:064x}", 20.0, "2 days late")])
    book.add_override("ada", 65.0, author="Eve", reason="agreed", now="2026-03-02")
    (entry,) = entries_of(book, RULES)
    (grade,) = final_grades(book, RULES)
    assert (entry.corrections.final, grade.total) == (65.0, 65.0)
    assert entry.corrections.penalty == 0.0, "nothing was taken off"
    assert to_csv([grade], words).splitlines()[1].count("65.00") == 2  # corrected, total


def test_a_withheld_score_is_on_top_and_in_no_average(hand_in, summed):
    hand_in("ada", classes.fail(classes.perfect(), "halve", "error"))
    hand_in("bo")
    page = class_page(summed())
    assert "1 score withheld" in flat(page)
    assert page.index("score withheld") < page.index("Tomorrow")
    assert "The median is 100 of 100" in flat(page)


def test_who_has_no_result_is_named(book, words, hand_in, tmp_path):
    hand_in("ada")
    roster = [*book.students(), Student("z", "Zed")]
    page = write_class_report(
        entries_of(book, RULES), words, tmp_path / "out", roster, **classes.RULES
    )
    assert "1 student, and 1 without a result" in flat(page.read_text())
    assert "Zed" in page.read_text()


def test_pages_are_written_for_everyone_and_those_of_others_go(book, words, hand_in, tmp_path):
    hand_in("ada")
    hand_in("bo")
    folder = tmp_path / "report"
    page = write_class_report(entries_of(book, RULES), words, folder, **classes.RULES)
    links = re.findall(r'href="(students/[^"]*)"', page.read_text())
    assert {*links} == {f"students/{path.name}" for path in (folder / "students").iterdir()}
    assert "100 of 100" in flat((folder / links[0]).read_text())
    assert 'href="../class.html"' in (folder / links[0]).read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(page).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(folder / links[0]).st_mode) == 0o600
    book.purge("bo")
    write_class_report(entries_of(book, RULES), words, folder, **classes.RULES)
    assert len(list((folder / "students").iterdir())) == 1


DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
BEFORE, AFTER = DUE.replace(hour=11), DUE.replace(hour=13)


@pytest.fixture
def pages(book, words, hand_in, tmp_path):
    """Writes the pages under these rules: of each student what they see, and what the staff do."""
    wrong = classes.fail(classes.perfect(), "halve", error=0.5, diagnosis=classes.known("x"))
    hand_in("ada", wrong)
    hand_in("bo", wrong, number=7)
    hand_in("bo", wrong, number=8)
    book.set_penalties([("ada", f"sha256:{1:064x}", 12.5, "2 days late")])
    made = {"author": "R. Ferraro", "reason": "agreed", "now": "2026-03-02"}
    book.add_override("ada", 30.0, question="halve", **made)
    extension = "2026-03-05T12:00:00+00:00"
    book.add_students([Student("bo", "Bo", details={"extension": extension})])

    def pages(now=BEFORE, **rules):
        policies = Policies(due=DUE, **rules)
        entries = entries_of(book, RULES)
        page = write_class_report(entries, words, tmp_path / "out", policies=policies, now=now)
        links = {}
        for name in ("ada", "bo"):
            found = page.parent / "students" / page_name(name)
            staffs = page.parent / "staff" / found.name
            links[name] = (
                flat(found.read_text()),
                flat(staffs.read_text()) if staffs.exists() else "",
            )
            link = f"{'staff' if staffs.exists() else 'students'}/{found.name}"
            assert f'href="{link}"' in page.read_text()
        return links

    return pages


def test_pages_show_everything_unless_the_rules_say_otherwise(pages):
    for shown, staffs in pages().values():
        assert "when the x" in shown
        assert staffs == "", "it would be the same"


def test_a_hidden_check_is_not_on_the_students_page_nor_is_the_total(pages):
    shown, staffs = pages(checks={"halve": Visibility.HIDDEN})["ada"]
    assert "Half as much" not in shown
    assert "Twice as much" in shown
    assert "so is the total" in shown
    for told in ("of 100", "R. Ferraro", "What counts", "87.5"):
        assert told not in shown
    assert "−12.5" in shown, "what lateness costs is no secret"
    assert "Half as much" in staffs
    assert "70 of 100" in staffs
    assert "R. Ferraro" in staffs


def test_one_hidden_check_of_a_question_leaves_the_others(pages):
    shown, staffs = pages(checks={"double.check_0": Visibility.HIDDEN})["ada"]
    assert "Law number 0 of twice as much" not in shown
    assert "Law number 1 of twice as much" in shown
    assert "30/30" in shown, "three checks of 10 points each"
    assert "Law number 0 of twice as much" in staffs


def test_what_waits_for_the_due_date_waits_for_each_students_own(pages):
    def seen(now):
        found = pages(now, visibility=Visibility.AFTER_DUE_DATE)
        return ["Twice as much" in found[name][0] for name in ("ada", "bo")]

    assert seen(BEFORE) == [False, False]
    assert seen(AFTER) == [True, False]
    assert seen(datetime(2026, 3, 5, 12, 1, tzinfo=UTC)) == [True, True]


def test_pages_for_the_staff_go_when_they_are_not_needed_any_more(pages):
    rules = {"visibility": Visibility.AFTER_DUE_DATE}
    assert pages(BEFORE, **rules)["ada"][1]
    assert not pages(AFTER, **rules)["ada"][1]


def test_diagnoses_are_read_from_the_attempt_on_that_the_rules_say(pages):
    found = pages(diagnoses=2)
    assert ["when the x" in found[name][0] for name in ("ada", "bo")] == [False, True]
    assert "when the x" in found["ada"][1]
    assert "70 of 100" in found["ada"][0], "the points are no diagnosis"
    assert "when the x" not in pages(diagnoses=None)["bo"][0]


@pytest.mark.parametrize("text", [text for text in NASTY if "\ud800" not in text])
def test_hostile_text_stays_text(book, words, summed, text):
    run = book.begin_run(classes.GRADER, 5, "first", "2026-03-01")
    for i in range(5):
        result = classes.fail(classes.perfect(), "halve", "crashed", message=text, checks=1)
        classes.fail(result, "double", error=0.5, diagnosis={"id": text, "text": text})
        student = Student(f"{i}{text}".replace("\x00", ""), text)
        digest = f"sha256:{i // 2:064x}"
        classes.add(book, run, student, result, digest=digest, refused=text if i == 4 else "")
    page = class_page(summed())
    found = read(page)
    assert_harmless(found.text)
    assert not {"script", "img", "iframe", "object", "form"} & set(found.tags)
    assert found.tags.count("style") == 1
    assert not {k for a in found.attributes for k in a if k.startswith("on")}


def test_a_large_class_is_split_into_parts_and_nothing_grows_with_its_square(
    book, words, summed, monkeypatch
):
    """Twice the students make a page twice as long, and pairs are not gone through."""
    apart = []
    monkeypatch.setattr(findings, "_apart", lambda *pair: apart.append(pair) or False)
    classes.fill(book, 450, manifest=words)
    page = class_page(summed())
    assert read(page).tags.count("table") == 1 + 5 + 1 + 3  # scores, questions, slowest, students
    assert len(page) < 450 * 2500 + 50_000
    assert len(apart) < 450
