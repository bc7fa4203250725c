"""Answers are read from whatever a student made of a notebook, and from nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.labs import EMPTY_ANSWER
from grader.labs.answers import CUT, MAX_ANSWER, answers_in, digest_of, is_empty
from grader.labs.notebook import notebook_of
from grader.labs.source import Cell
from grader.manual import ManualQuestion

ASKED = (ManualQuestion("why", "Why", "tiny", 2), ManualQuestion("how", "How", "tiny", 2))
CELLS = [
    Cell("markdown", "# Tiny"),
    Cell("markdown", "Why?", "why", ("question",)),
    Cell("markdown", EMPTY_ANSWER, "why-answer", ("answer",)),
    Cell("markdown", "What follows was handed out."),
    Cell("markdown", "How?", "how", ("question",)),
    Cell("markdown", EMPTY_ANSWER, "how-answer", ("answer",)),
]
WHY = 2  # the index of its answer cell


@pytest.fixture
def notebook():
    """The notebook as it is handed out, to be filled in."""
    return json.loads(notebook_of(CELLS))


def read(notebook, name="tiny.ipynb"):
    content = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    answers, unreadable = answers_in({name: content}, ASKED)
    assert unreadable == []
    return answers


def added(text, **more):
    return {"cell_type": "markdown", "id": "3f0c9a1b", "metadata": {}, "source": text, **more}


def test_what_was_not_written_is_empty(notebook):
    assert read(notebook) == {"why": "", "how": ""}


@pytest.mark.parametrize("source", ["Because.", ["Be", "cause."], f"{EMPTY_ANSWER}\n\nBecause.\n"])
def test_an_answer_is_the_text_of_its_cell_without_the_prompt(notebook, source):
    notebook["cells"][WHY]["source"] = source
    assert read(notebook) == {"why": "Because.", "how": ""}


def test_either_the_name_or_the_id_of_a_cell_is_enough(notebook):
    cell = notebook["cells"][WHY]
    cell["source"] = "Because."
    del cell["id"]
    assert read(notebook)["why"] == "Because."
    cell.update(id="why-answer", metadata={})
    assert read(notebook)["why"] == "Because."
    cell.update(id="a1b2c3d4")
    assert "why" not in read(notebook)


@pytest.mark.parametrize("kind", ["code", "raw"])
def test_the_cell_may_have_become_one_of_another_kind(notebook, kind):
    notebook["cells"][WHY].update(cell_type=kind, source="Because.")
    assert read(notebook)["why"] == "Because."


def test_cells_added_below_belong_to_the_answer_and_the_given_ones_do_not(notebook):
    notebook["cells"].insert(WHY + 1, added("First."))
    notebook["cells"].insert(WHY + 2, added("Second.", id="99887766"))
    assert read(notebook)["why"] == "First.\n\nSecond."
    del notebook["cells"][WHY + 2]["id"]  # then nobody can tell whose it is
    assert read(notebook)["why"] == "First."


def test_a_cell_that_was_split_or_copied_is_one_answer(notebook):
    cell = notebook["cells"][WHY]
    parts = [{**cell, "id": f"part-{i}", "source": text} for i, text in enumerate("aba")]
    notebook["cells"][WHY : WHY + 1] = parts
    assert read(notebook)["why"] == "a\n\nb"


def test_a_notebook_by_the_labs_name_is_believed_first(notebook):
    def filled(text):
        notebook["cells"][WHY]["source"] = text
        return json.dumps(notebook).encode()

    other = {"labs/tiny (1).ipynb": filled("old"), "labs/tiny.ipynb": filled("new")}
    assert answers_in(other, ASKED)[0]["why"] == "new"
    assert answers_in({**other, "labs/tiny.ipynb": filled("")}, ASKED)[0]["why"] == "old"


def test_no_notebook_has_no_answers():
    assert answers_in({}, ASKED) == ({}, [])


def test_an_answer_is_cut_where_it_is_too_long(notebook):
    notebook["cells"][WHY]["source"] = "x" * (MAX_ANSWER + 1)
    assert read(notebook)["why"] == "x" * MAX_ANSWER + CUT
    notebook["cells"][WHY]["source"] = "x" * MAX_ANSWER
    assert read(notebook)["why"] == "x" * MAX_ANSWER


def test_what_is_no_text_is_replaced(notebook):
    notebook["cells"][WHY]["source"] = "a\x00b\x1b[31mc\ud800d\r\ne\tf"
    assert read(notebook)["why"] == "a\ufffdb\ufffd[31mc?d\ne\tf"
    digest_of(read(notebook)["why"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 200_000,
        b'{"cells": 1}',
        b'{"cells": [1]}',
        b'{"cells": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"cells": [' + b"{}," * 600_000 + b"{}]}",
        b'{"cells": [{"metadata": {"name": "why-answer"}, "source": 3}]}',
        b'{"cells": [{"metadata": {"name": "why-answer"}, "source": [3]}]}',
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_notebook_is_named(content, notebook):
    good = json.dumps(notebook).encode()
    answers, unreadable = answers_in({"bad.ipynb": content, "tiny.ipynb": good}, ASKED)
    assert (answers, unreadable) == ({"why": "", "how": ""}, ["bad.ipynb"])


@pytest.mark.parametrize(
    "cell",
    [
        {},
        {"metadata": None, "id": None},
        {"metadata": [], "id": []},
        {"metadata": {"name": ["why-answer"]}, "id": {"why-answer": 1}},
        {"metadata": {"name": "-answer"}, "id": "unknown-answer"},
    ],
)
def test_cells_of_any_form_are_passed_over(notebook, cell):
    notebook["cells"].insert(0, cell)
    assert read(notebook) == {"why": "", "how": ""}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("why-answer"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cells", "metadata", "name", "id", "source", "cell_type"]), inner
        )
    ),
    max_leaves=20,
)


@given(JSON | st.lists(JSON).map(lambda cells: {"cells": cells}))
def test_no_notebook_whatever_is_in_it_ends_the_reading(tree):
    answers, _ = answers_in({"tiny.ipynb": json.dumps(tree).encode()}, ASKED)
    assert all(isinstance(text, str) for text in answers.values())


@pytest.mark.parametrize(("text", "empty"), [("", True), (EMPTY_ANSWER, True), ("0", False)])
def test_empty(text, empty):
    assert is_empty(text) == empty
