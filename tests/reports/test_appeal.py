"""The appeal sheet, for whoever has to explain a grade."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from grader.classroom.gradebook import Gradebook
from grader.classroom.grades import final_grade, penalties
from grader.classroom.policies import Policies
from grader.classroom.records import Student
from grader.classroom.replaying import CheckReplay, Part, Replay
from grader.manifest import load_manifest
from grader.reports import appeal
from grader.reports.html.appeal import appeal_page
from tests.reports import classes
from tests.reports.test_html_markup import NASTY, assert_harmless, read

RULES = Policies(due=datetime(2026, 3, 1, tzinfo=UTC), late_points=5.0)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def words(toy):
    return load_manifest(toy(recorded=False).manifest)


@pytest.fixture
def sheet(tmp_path, words):
    """The sheet of a result, handed in a day late, as if nothing had changed since."""

    def make(result, *, student=None, change=None, override=None, **now):
        student = student or Student("ann", "Ann", "ann@example.org")
        with Gradebook(tmp_path / f"grades{len(list(tmp_path.iterdir()))}.db") as book:
            run = book.begin_run(classes.GRADER, 5, "grade", "2026-03-01")
            attempt = classes.add(book, run, student, result, late="2026-03-01T12:00:00+00:00")
            if override is not None:
                book.add_override(
                    student.id, override, author="Eve", reason="agreed", now="2026-03-02"
                )
            book.set_penalties(penalties(book, RULES))
            checks = [
                CheckReplay(q["name"], c["name"], c, (change or {}).get((q["name"], c["name"]), c))
                for q in attempt.result["questions"]
                for c in q["checks"]
            ]
            replay = Replay(
                attempt,
                book.deliveries(student.id)[0],
                final_grade(book, RULES, student.id),
                [1],
                [Part(run, tuple(q["name"] for q in result["questions"]), result["environment"])],
                checks,
                now.get("grader", classes.GRADER),
                {**result["environment"], **now.get("environment", {})},
                attempt.result["isolation"],
            )
        return appeal.sheet_of(replay, words, BERLIN)

    return make


def text(sheet):
    lines = list(appeal.to_text(sheet))
    assert max(map(len, lines)) <= 80
    return "\n".join(lines)


def test_it_says_how_the_grade_comes_about(sheet):
    wrong = classes.fail(classes.perfect(), "halve", diagnosis=classes.known("x"), checks=2)
    told = text(sheet(wrong))
    assert "ann (Ann), ann@example.org" in told
    assert "2026-03-01 13:00:00 CET" in told
    assert "failed     Law number 0 of half as much holds" in told
    assert "Exactly what you get when the x." in told
    assert "Measured: 85/100 points, and 7/7 of the bonus." in told
    assert "5 points taken off: 1 day late." in told
    assert "Final score: 80, bonus 7" in told
    assert "all 20 checks say the same" in told


def test_a_total_that_a_person_gave_is_final(sheet):
    told = text(sheet(classes.perfect(), override=61.0))
    assert "Total: 61, given by Eve: agreed" in told
    assert "The penalty does not change a total" in told
    assert "Final score: 61, bonus 7" in told


def test_what_differs_is_named_with_what_has_changed(sheet):
    changed = classes.fail(classes.perfect(), "halve", diagnosis=classes.known("x"), checks=1)
    check = changed["questions"][1]["checks"][0]
    change = {("halve", "check_0"): check}
    told = text(sheet(classes.perfect(), change=change, environment={"numpy": "9.9"}))
    assert "1 of 20 checks DIFFER. What has changed since: NumPy." in told
    assert "NOW: failed, 0/7.5, x" in told
    assert "now: Python 3, NumPy 9.9" in told
    told = text(sheet(classes.perfect(), change=change, grader="sha256:" + "8" * 64))
    assert "What has changed since: the grader." in told
    assert "Neither the grader nor the" in text(sheet(classes.perfect(), change=change))
    assert "not there any more" in text(
        sheet(classes.perfect(), change={("halve", "check_0"): None})
    )


def test_a_withheld_score_has_no_number(sheet):
    told = text(sheet(classes.fail(classes.perfect(), "halve", "error", checks=1)))
    assert "Measured: withheld/100" in told
    assert "Final score: withheld" in told


def test_the_page_begins_with_whose_it_is_and_breaks_no_verdict(sheet):
    page = appeal_page(sheet(classes.fail(classes.perfect(), "halve", error=0.5)))
    header = page[page.index("<header") : page.index("</header")]
    assert "ann (Ann), ann@example.org" in header
    assert page.count('<td class="word">') == 20


@pytest.mark.parametrize("nasty", [one for one in NASTY if "\ud800" not in one])
def test_hostile_text_stays_text(sheet, nasty):
    result = classes.fail(classes.perfect(), "halve", "crashed", message=nasty)
    classes.fail(result, "double", diagnosis={"id": nasty, "text": nasty})
    student = Student("s" + nasty.replace("\x00", ""), nasty, nasty, nasty)
    made = sheet(result, student=student)
    assert all(line.isprintable() for line in appeal.to_text(made))
    assert_harmless(read(appeal_page(made)).text)
