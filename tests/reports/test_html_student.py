"""A student's page: all that the result says, nothing that it must not, safe whatever it holds."""

import copy
import itertools
import re

import numpy as np
import pytest

from grader.compare import Log, Observation, assert_close, logging
from grader.grading import grade
from grader.manifest import load_manifest
from grader.reports.corrections import Corrections, Override
from grader.reports.html.page import POLICY, SIGNS
from grader.reports.html.pictures import draw, pictures_of
from grader.reports.html.student import student_page
from grader.reports.html.style import DARK, LIGHT
from grader.results import Status
from tests.reports import classes
from tests.reports.test_html_markup import NASTY, assert_harmless, read


@pytest.fixture
def words(toy):
    return load_manifest(toy(recorded=False).manifest)


@pytest.fixture
def graded(toy, submission, toy_files):
    """Grades the toy's right answers, one of them replaced."""

    def graded(source=None, *, official=False):
        files = dict(toy_files)
        if source is not None:
            files["more.py"] = source
        (found,) = grade(toy(), [submission(files)], official=official, seed=123456789)
        return found

    return graded


def flat(page):
    return " ".join(read(page).text.split())


def parents_hold(page):
    """Every heading is at most one level below the one before."""
    levels = [int(tag[1]) for tag in read(page).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    return all(b - a <= 1 for a, b in itertools.pairwise(levels))


def test_everything_right(words):
    page = student_page(classes.perfect("Ada"), words)
    text = flat(page)
    assert "100 of 100 points" in text
    assert "Bonus: 7 of 7" in text
    assert "Everything passes. Well done." in text
    assert "Fix this first" not in text


def test_a_grading_says_what_to_fix_first_and_draws_it(graded, words):
    found = graded("import numpy as np\ndef triple(x):\n    return 3 * x + np.arange(x.size) ** 2")
    found.result.output = "a line that was printed"
    page = student_page(
        found.result, words, pictures=pictures_of(found, words), rerun="grader grade --question "
    )
    text = flat(page)
    assert "Fix this first" in text
    assert "Three of them." in text  # the hint, as no known mistake explains it
    assert "again: grader grade --question triple:" in text
    assert "a line that was printed" in text
    assert "color" in text
    assert "<svg" in page
    assert found.result.submission.digest in text


def test_the_mistake_is_told_and_not_the_hint(words):
    result = classes.fail(classes.perfect(), "halve", error=0.5, diagnosis=classes.known("x-lost"))
    text = flat(student_page(result, words))
    assert "Exactly what you get when the x lost." in text
    assert "One of two." not in text


def test_with_nothing_wrong_it_says_where_to_go_on(words):
    result = classes.fail(classes.perfect(), "halve", "missing", message="Not there.")
    text = flat(student_page(result, words))
    assert "Where to go on" in text
    assert "Start with halve in arithmetic.py" in text


def test_a_submission_that_cannot_be_read_says_why_and_nothing_else_to_do(words):
    result = classes.perfect()
    for question in list(result["questions"]):
        classes.fail(result, question["name"], "missing", message="Not there.")
    result["output"] = words.say("unreadable", why="work.zip is encrypted.")
    page = student_page(result, words)
    text = flat(page)
    assert "work.zip is encrypted." in text
    assert page.index("encrypted") < page.index("of 100 points")
    assert "What your code printed" not in text
    assert "Where to go on" not in text


def test_official_pages_have_no_picture_and_no_seed(graded, words):
    found = graded("def triple(x):\n    return 3 * x + (x > 0)", official=True)
    assert pictures_of(found, words) == {}
    drawn = {("triple", check.name): ["<svg>"] for check in found.result.questions[-1].checks}
    page = student_page(found.result, words, pictures=drawn)
    assert "figure" not in read(page).tags
    assert "123456789" not in page
    assert "123456789" in flat(student_page(found.result, words, seed=123456789))


def test_every_status_has_a_sign_and_a_word(words):
    result = classes.perfect()
    for status in Status:
        one = classes.fail(copy.deepcopy(result), "halve", str(status), error=0.1)
        text = flat(student_page(one, words))
        assert SIGNS[status] + words.say(f"status_{status}") in text


def test_a_withheld_score_is_loud_and_no_number(words):
    page = student_page(classes.fail(classes.perfect(), "halve", "error"), words)
    assert "? of 100 points" in flat(page)
    assert "Score withheld" in flat(page)
    assert 'class="loud"' in page


def test_corrections_stand_apart_from_what_was_earned(words):
    made = Corrections(68.0, 5.0, "a day late", [Override(3.0, "R. Ferraro", "agreed", "halve")])
    result = classes.fail(classes.perfect(), "halve", error=0.5)
    text = flat(student_page(result, words, corrections=made))
    for part in ("Earned 70", "Half as much, set by R. Ferraro agreed 0 → 3", "a day late −5"):
        assert part.replace(" ", "") in text.replace(" ", "")
    assert "70 of 100 points" in text
    assert "From the score above" not in flat(student_page(result, words))


def test_of_a_partial_result_the_heading_needs_no_score(words):
    made = Corrections(65.0, 5.0, "a day late", [Override(3.0, "R. Ferraro", "agreed", "halve")])
    text = flat(student_page(classes.perfect(), words, corrections=made, partial=True))
    assert "Taken off your grade" in text
    assert "a day late" in text
    for part in ("score above", "R. Ferraro", "100 of 100"):
        assert part not in text


def test_where_all_questions_are_hidden_there_is_no_heading_for_them(words):
    page = student_page({**classes.perfect(), "questions": []}, words, partial=True)
    assert words.say("page_questions") not in flat(page)
    assert words.say("page_questions") in flat(student_page(classes.perfect(), words))


def test_what_the_grader_failed_on_is_not_the_students_to_fix(words):
    result = classes.fail(classes.perfect(), "double", "error", checks=1)
    page = flat(student_page(result, words))
    assert "Score withheld" in page
    assert words.say("page_first") not in page
    classes.fail(result, "halve", error=0.5)
    assert f"{words.say('page_first')}Half as much" in flat(student_page(result, words))


def test_clocks_may_be_missing_and_manual_parts_are_shown(words):
    result = classes.perfect()
    result["manual"] = [
        {"name": "report", "score": 7.5, "max_score": 10.0, "by": "Eve"},
        {"name": "poster", "score": None, "max_score": 5.0, "by": None},
    ]
    comments = {"report": "Clear.\n<b>Too long.", "another": "Nobody reads this."}
    page = student_page(result, words, comments=comments)
    assert "reportEveClear.<b>Toolong.7.5/10poster?/5" in flat(page).replace(" ", "")
    assert "<b>" not in page
    assert "Nobody" not in page


def test_nothing_is_said_of_marks_before_there_is_one(words):
    result = classes.perfect()
    before = student_page(result, words)
    result["manual"] = [{"name": "report", "score": None, "max_score": 10.0, "by": None}]
    assert student_page(result, words) == before


def test_marks_that_are_part_of_the_total_are_a_row_of_their_own(words):
    result = classes.fail(classes.perfect(), "halve", error=0.5)
    page = flat(student_page(result, words, corrections=Corrections(73.5, manual=3.5)))
    assert "Earned70Gradedbyaperson+3.5Counts73.5" in page.replace(" ", "")


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_stays_text(words, text):
    result = classes.fail(classes.perfect(text), "double", error=0.5, message=text)
    result["output"] = text
    result["questions"][0]["checks"][0]["diagnosis"] = {"id": text, "text": text}
    result["questions"][0]["checks"][0]["notes"] = [text]
    result["environment"]["platform"] = text
    made = Corrections(1.0, 1.0, text, [Override(1.0, text, text, text)])
    page = student_page(result, words, corrections=made, home="../class.html")
    harmless = student_page(
        classes.fail(classes.perfect("x"), "double", error=0.5, message="x"), words
    )
    found = read(page)
    page.encode("utf-8")
    assert_harmless(found.text)
    assert not {"script", "img", "iframe", "object", "form", "input"} & set(found.tags)
    assert found.tags.count("style") == read(harmless).tags.count("style") == 1
    known = {key for attributes in found.attributes for key in attributes}
    assert not {key for key in known if key.startswith("on")}
    for attributes in found.attributes:
        assert attributes.get("href", "#").startswith(("#", "../class.html"))


def test_nothing_can_be_fetched_or_run(words):
    page = student_page(classes.perfect(), words)
    found = read(page)
    (policy,) = (a["content"] for a in found.attributes if "http-equiv" in a)
    assert policy == POLICY
    assert "default-src 'none'" in policy
    assert not {"script", "link", "iframe"} & set(found.tags)
    assert not re.search(r"url\(|@import|https?:", page)


def test_landmarks_headings_and_tables(words):
    result = classes.fail(classes.perfect(), "halve", error=0.5)
    page = student_page(result, words, corrections=Corrections(1.0, 2.0, "late"))
    found = read(page)
    assert parents_hold(page)
    assert found.attributes[found.tags.index("html")]["lang"] == "en"
    assert found.tags.count("main") == found.tags.count("header") == 1
    assert found.tags.count("table") == found.tags.count("caption")
    ids = [a["id"] for a in found.attributes if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in found.attributes if a.get("href", "").startswith("#")} <= {*ids}
    for tag, attributes in zip(found.tags, found.attributes, strict=True):
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or attributes["aria-label"]
        if tag == "th":
            assert attributes["scope"] in ("row", "col")


def luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_as_wcag_aa_asks(colors):
    for text in ("ink", "soft", "accent", "good", "bad"):
        for ground in ("paper", "raised"):
            a, b = sorted((luminance(colors[text]), luminance(colors[ground])))
            assert (b + 0.05) / (a + 0.05) >= 4.5, (text, ground)


def log_of(*observations):
    return Log([Observation(*seen) for seen in observations])


def test_a_heatmap_shows_which_entries_are_wrong(words):
    expected = np.ones((3, 4))
    got = expected.copy()
    got[1, 2] = 5.0
    with logging() as log, pytest.raises(AssertionError):
        assert_close(got, expected, what="y")
    (picture,) = draw(log, words)
    assert picture.count('class="cell"') == 1
    assert "1 of 12" in read(picture).text


def test_a_large_or_deep_array_is_drawn_in_blocks(words):
    (picture,) = draw(log_of(("y", np.ones((2, 150, 300)), np.zeros((2, 150, 300)))), words)
    assert picture.count('class="cell"') == 48 * 48
    assert "2 × 150 × 300" in read(picture).text


def test_a_number_step_by_step_is_a_curve(words):
    steps = [(f"step {i}, the loss", np.array(1.0 + (i > 3)), np.array(1.0)) for i in range(1, 5)]
    (picture,) = draw(log_of(*steps), words)
    assert "the loss" in read(picture).text
    assert "step 4: 2 instead of 1" in read(picture).text
    assert picture.count("<path") == 2


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (np.ones(3), np.ones(4)),
        (np.array([1.0, np.nan]), np.ones(2)),
        (np.array([1.0, np.inf]), np.ones(2)),
        (np.array(1.0), np.array(2.0)),
        (np.array(["a", "b"]), np.ones(2)),
        (None, np.ones(2)),
        (np.ones((0, 3)), np.ones((0, 3))),
    ],
)
def test_what_cannot_be_compared_is_not_drawn(words, got, expected):
    assert draw(log_of(("y", got, expected)), words) == []
    assert draw(log_of(), words) == []


def test_huge_and_tiny_numbers_can_be_drawn(words):
    for scale in (1e308, 5e-324):
        seen = ("y", np.array([1.0, -1.0, 0.5]) * scale, np.array([-1.0, 1.0, 0.5]) * scale)
        steps = [
            (f"step {i}, y", np.array(s * scale), np.array(scale)) for i, s in enumerate((1, -1, 0))
        ]
        for log in (log_of(seen), log_of(*steps)):
            (picture,) = draw(log, words)
            assert "nan" not in picture
            assert "inf" not in picture
