"""What a check in a notebook shows: the verdict, the saved file, and of texts only text."""

import json
import re

import pytest

from grader.labs.graded import main, show
from grader.manifest import load_manifest
from grader.reports.html.page import SIGNS
from tests.reports.test_html_markup import NASTY, assert_harmless, read

ELEMENTS = {
    *("style", "div", "p", "span", "strong", "details", "summary", "ul", "li"),
    *("svg", "rect", "figure", "figcaption", "title", "line", "path", "circle", "text", "g"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


@pytest.fixture
def shown(toy, toy_files, tmp_path):
    """Shows toy questions of the right answers, one file of them replaced."""

    def shown(*questions, file="", source=""):
        made = toy()
        folder = tmp_path / "student"
        folder.mkdir(exist_ok=True)
        for name, right in {**toy_files, **({file: source} if file else {})}.items():
            (folder / name).write_text(right, encoding="utf-8")
        return show(made, folder, questions), load_manifest(made.manifest)

    return shown


def text_of(found):
    """What a browser shows, without the style."""
    return " ".join(
        read(re.sub("<style>.*?</style>", "", found["html"], flags=re.DOTALL)).text.split()
    )


def test_a_right_answer_says_which_file_was_graded_and_when_it_was_saved(shown):
    found, manifest = shown("double")
    text = text_of(found)
    assert "Twice as much" in text
    assert "40/40" in text
    assert re.search(r"arithmetic\.py saved \S+ \S+ ago", text)
    assert manifest.say("page_counts", passed=3, count=3) in text
    assert "40/40" in found["text"]
    assert "double: arithmetic.py saved" in found["text"]


def test_only_what_was_asked_for_is_shown(shown):
    found, _ = shown("double", "triple")
    text = text_of(found)
    assert "Three times as much" in text
    assert "more.py saved" in text
    assert "Half as much" not in text


def test_a_known_mistake_is_told_by_name(shown):
    found, _ = shown("double", file="arithmetic.py", source="def double(x):\n    return x * x\n")
    text = text_of(found)
    assert "the input is squared" in text
    assert "Try it with 3." in text
    assert 'class="graded bad"' in found["html"]
    assert "the input is squared" in " ".join(found["text"].split())


def test_an_unknown_mistake_gets_the_questions_hint(shown):
    found, _ = shown("triple", file="more.py", source="def triple(x):\n    return x - 1\n")
    assert "Three of them." in text_of(found)


def test_an_unfinished_function_is_no_mistake(shown):
    found, manifest = shown(
        "triple", file="more.py", source="def triple(x):\n    raise NotImplementedError\n"
    )
    text = text_of(found)
    assert "triple is not written yet." in text
    assert 'class="graded"' in found["html"]
    assert manifest.say("status_missing") in text


def test_each_check_has_its_verdict_in_words(shown):
    found, manifest = shown(
        "double", file="arithmetic.py", source="def double(x):\n    x *= 2\n    return x\n"
    )
    text = text_of(found)
    for status in ("passed", "failed"):
        assert f"{SIGNS[status]} {manifest.say(f'status_{status}')}" in text
    assert "x is not modified" in text


def test_why_an_edge_check_does_not_count_is_said_with_that_check(shown):
    found, _ = shown("double", file="arithmetic.py", source="def double(x):\n    return 2.5 * x\n")
    text = text_of(found)
    last = text.rindex("Counts once")
    assert last > text.index("checks pass")
    assert text.index("Counts once") > text.index("checks pass")


@pytest.mark.parametrize("nasty", NASTY)
def test_what_a_student_writes_is_text(shown, nasty):
    found, _ = shown(
        "triple", file="more.py", source=f"def triple(x):\n    raise ValueError({nasty!a})\n"
    )
    read_back = read(found["html"])
    assert set(read_back.tags) <= ELEMENTS
    assert not [name for each in read_back.attributes for name in each if name.startswith("on")]
    assert found["html"].count("<style>") == 1
    assert_harmless(text_of(found))
    assert_harmless(found["text"])


def test_files_that_cannot_be_read_are_told(shown):
    found, _ = shown("triple", file="more.py", source="def triple(x:\n")
    assert "more.py" in text_of(found)
    assert "line 1" in text_of(found)


def test_as_a_process_it_writes_what_it_found(project, tmp_path):
    target = tmp_path / "shown.json"
    question = load_manifest(project.manifest).questions[0].name
    assert main(str(project.starter), str(target), question) == 0
    assert set(json.loads(target.read_bytes())) == {"html", "text"}


def test_as_a_process_it_says_in_a_sentence_why_there_is_nothing(tmp_path):
    target = tmp_path / "shown.json"
    assert main(str(tmp_path / "nowhere"), str(target), "any") == 2
    found = json.loads(target.read_bytes())
    assert set(found) == {"error"}
    assert "nowhere" in found["error"]
    assert "Traceback" not in found["error"]
