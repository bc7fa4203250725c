"""Building HTML: whatever a text holds, it is text when a browser reads it."""

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.html.markup import Html, clean, el, join, name

NASTY = [
    "</style><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "--><svg/onload=alert(1)>",
    "&lt;script&gt; &#60;script&#62; &amp;",
    "\u202egnp.exe\u202c \u2066\u2067\u2069 \u200f\u061c",
    "\x00\x07\x1b[31m\x7f\x85\x9b\r\n\t",
    "\ud800 lone \udfff",
    "W" * 20_000,
    "a" + "\u0301" * 500,
    "]]> <![CDATA[ <!doctype html> </title></textarea>",
    "javascript:alert(1)",
    "\ufeff\u2028\u2029\u00ad\ufffe",
    "{manifest} %s {0} {{}}",
]
STEERING = {"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068"}
STEERING |= {"\u2069", "\u200e", "\u200f", "\u061c", "\ufeff"}


class Reader(HTMLParser):
    """What a browser finds: elements, attributes, text."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def handle_data(self, data):
        self.text += data


def read(page):
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def assert_harmless(text):
    """Nothing in it steers a terminal, the direction of writing, or an encoder."""
    text.encode("utf-8")
    assert not STEERING & set(text)
    assert not [c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]


@pytest.mark.parametrize("text", NASTY)
def test_a_text_is_no_markup(text):
    found = read(el("p", text, title=text))
    assert found.tags == ["p"]
    assert found.text == clean(text)
    assert set(found.attributes[0]) == {"title"}
    assert_harmless(found.text)
    assert_harmless(found.attributes[0]["title"])


@given(st.text(st.characters(codec=None), max_size=50))
def test_any_text_is_no_markup(text):
    found = read(el("p", text, title=text))
    assert (found.tags, found.text) == (["p"], clean(text))
    assert_harmless(found.text)


def test_names_of_people_stay_what_they_are():
    for person in ("Zoë O'Brien", "李雷", "מרים כהן", "علی‌رضا", "Nguyễn Thị Hồng", "x\u0323\u0307"):
        assert read(name(person)).text == person
        assert read(name(person)).tags == ["bdi"]


def test_marks_do_not_pile_up_and_a_long_text_is_cut():
    assert clean("a" + "\u0301" * 50 + "b") == "a" + "\u0301" * 4 + "b"
    assert clean("x" * 5000) == "x" * 4000 + "..."


def test_attributes():
    assert el("p", open=True, hidden=False, class_="a", aria_label="b", width=1.50) == (
        '<p open class="a" aria-label="b" width="1.5"></p>'
    )
    assert el("p", class_=None) == "<p></p>"


def test_children():
    assert join("a<", None, [Html("<b></b>"), ["c"]]) == "a&lt;<b></b>c"
    assert el("meta", charset="utf-8") == '<meta charset="utf-8">'
