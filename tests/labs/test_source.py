"""A lab's source: what is read from the percent format, and what is refused by file and line."""

import pytest

from grader.labs.source import Cell, LabError, parse, question_names, write

SOURCE = """\
# %% [markdown]
# # Title
#
# What it teaches.

# %% name="first-steps" tags=["picture"]

import numpy as np

np.zeros(3)  # %% is no marker here

# %% [markdown] tags=["question"] name="why"
# Why?

# %% [markdown] name="why-answer" tags=["answer"]
# *Your answer:*
"""

CELLS = [
    Cell("markdown", "# Title\n\nWhat it teaches."),
    Cell(
        "code",
        "import numpy as np\n\nnp.zeros(3)  # %% is no marker here",
        "first-steps",
        ("picture",),
    ),
    Cell("markdown", "Why?", "why", ("question",)),
    Cell("markdown", "*Your answer:*", "why-answer", ("answer",)),
]


def test_cells_with_their_names_and_tags():
    assert parse(SOURCE, "lab.py") == CELLS


def test_what_is_written_is_read_as_the_same_cells():
    assert parse(write(CELLS), "lab.py") == CELLS


def test_the_marker_may_have_no_blank():
    assert parse("#%%\nx = 1\n", "lab.py") == [Cell("code", "x = 1")]


def test_the_questions_are_named_in_their_order():
    assert question_names(CELLS) == ["why"]


@pytest.mark.parametrize(
    "header",
    [
        "[raw]",
        "[markdown",
        "[markdown]name",
        "a title",
        "time",
        "name=unquoted",
        'name="Not Kebab"',
        'name="under_score"',
        'name=["a"]',
        'tags="picture"',
        'tags=["unheard-of"]',
        "tags=[picture]",
        "tags=[{}]",
        'colour="blue"',
        'name="a"tags=["picture"]',
    ],
)
def test_a_malformed_marker_is_refused_by_file_and_line(header):
    with pytest.raises(LabError, match=r"^lab\.py:4: "):
        parse(f"# %% [markdown]\n# # Title\n\n# %% {header}\n# text\n", "lab.py")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", r"lab\.py: there is no cell"),
        ("x = 1\n", r"lab\.py: there is no cell"),
        ("x = 1\n# %%\ny = 1\n", r"lab\.py:1: the file must begin with a cell"),
        ("# %%\nx = 1\n# %%\n\n# %%\ny = 1\n", r"lab\.py:3: this cell is empty"),
        ("# %% [markdown]\n# fine\nnot fine\n", r"lab\.py:1 \(line 2 of the cell\): markdown"),
        ('# %% name="a"\nx\n# %% name="a"\ny\n', r"lab\.py: two cells have the name 'a'"),
        ('# %% tags=["picture"]\nx\n# %% tags=["picture"]\ny\n', r"lab\.py: one code cell"),
        ('# %% [markdown] tags=["picture"]\n# x\n', r"lab\.py: one code cell"),
    ],
)
def test_what_cannot_be_used_is_refused(text, told):
    with pytest.raises(LabError, match=told):
        parse(text, "lab.py")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name="why-answer"', 'name="because"'),
        ("# *Your answer:*", "# It is so."),
        ('tags=["question"] name="why"', 'tags=["question"]'),
        ('name="why-answer" tags=["answer"]', 'name="why-answer"'),
        (' tags=["question"] name="why"', ' name="why"'),
        ("# %% [markdown] tags", "# %% tags"),
        ("# Why?\n", "# Why?\n\n# %%\nbetween = 1\n"),
        ('\n# %% [markdown] name="why-answer" tags=["answer"]\n# *Your answer:*\n', ""),
    ],
)
def test_a_question_has_its_answer_cell_below_it(before, after):
    assert SOURCE.count(before) == 1
    with pytest.raises(LabError, match=r"^lab\.py: the (question|answer cell) '.*'"):
        parse(SOURCE.replace(before, after), "lab.py")
