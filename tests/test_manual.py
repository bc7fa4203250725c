"""What persons mark, as the manifest lists it."""

import pytest

from grader.manifest import load_manifest
from grader.manual import ManualQuestion
from grader.reader import ManifestError

ENTRY = """
[[manual]]
name = "why-two"
title = "Why two"
lab = "tiny"
points = 2
"""


@pytest.fixture
def load(toy):
    """Loads the toy manifest with these [[manual]] entries, beside a lab called tiny."""

    def make(entries, labs=("tiny",)):
        path = toy(recorded=False).manifest
        for lab in labs:
            (path.parent / "labs").mkdir(exist_ok=True)
            (path.parent / "labs" / f"{lab}.py").touch()
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("[limits]", f"{entries}\n[limits]", 1), encoding="utf-8")
        return load_manifest(path)

    return make


def test_entries_are_read_in_their_order(load):
    other = ENTRY.replace("why-two", "why-3").replace("points = 2", "points = 5")
    manifest = load(ENTRY + other)
    assert manifest.manual == (
        ManualQuestion("why-two", "Why two", "tiny", 2),
        ManualQuestion("why-3", "Why two", "tiny", 5),
    )
    assert load("").manual == ()


def test_a_students_copy_has_no_lab_sources(load):
    assert load(ENTRY, labs=()).manual[0].lab == "tiny"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("why-two", "Why two", "manual 1: `name` must be lower-case words"),
        ('"why-two"', "3", "`name` must be a str"),
        ('title = "Why two"\n', "", "manual why-two: `title` is missing"),
        ("Why two", " ", "`title` is empty"),
        ('"tiny"', '"huge"', "manual why-two: `lab` names no lab: 'huge'"),
        ('"tiny"', '"../tiny"', "`lab` names no lab"),
        ("points = 2", "points = 0", "manual why-two: `points` must be positive"),
        ("points = 2", "points = -2", "`points` must be positive"),
        ("points = 2", "points = 2.5", "`points` must be a int"),
        ("points = 2", "points = 2\ncolour = 3", "unknown key `colour`"),
        (ENTRY, ENTRY * 2, "manual why-two: it is there twice"),
        ("why-two", "double", "manual double: there is a question of that name, too"),
    ],
)
def test_what_is_not_sound_is_told_with_its_place(load, old, new, told):
    assert old in ENTRY
    with pytest.raises(ManifestError, match=told) as caught:
        load(ENTRY.replace(old, new, 1))
    assert "questions.toml" in str(caught.value)


def test_an_entry_is_a_table(load):
    path = load("").path
    path.write_text("manual = [3]\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ManifestError, match="manual 1: must be a table"):
        load_manifest(path)
