"""Values that are opened when they are looked at."""

import pytest

from grader.folding import FoldedDict, FoldedList


@pytest.mark.parametrize(
    ("folded", "content"), [(FoldedDict, {"a": 1, "b": 2}), (FoldedList, ["a", "b"])]
)
def test_it_is_opened_once_and_only_when_looked_at(folded, content):
    opened = []
    made = folded(lambda: opened.append(1) or content)
    assert opened == []
    assert len(made) == 2
    assert list(made) == list(content)
    assert "a" in made
    assert opened == [1]


def test_a_sequence_has_items_and_slices():
    assert FoldedList(lambda: [1, 2, 3])[1] == 2
    assert FoldedList(lambda: [1, 2, 3])[1:] == [2, 3]


def test_a_dict_without_a_key():
    assert FoldedDict(dict).get("a", 5) == 5


@pytest.mark.parametrize("folded", [FoldedDict, FoldedList])
def test_what_opening_raises_is_raised(folded):
    def damaged():
        raise RuntimeError("damaged")

    with pytest.raises(RuntimeError, match="damaged"):
        list(folded(damaged))
