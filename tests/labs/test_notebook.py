"""Notebooks as they are built: the same bytes, ids that stay, the set-up cell in its place."""

import json

import nbformat
import pytest

from grader.labs import SET_UP
from grader.labs.notebook import content_digest, lab_cells, lab_names, notebook_of
from grader.labs.source import Cell, LabError

CELLS = [
    Cell("markdown", "# Title"),
    Cell("code", "x = 1", "first", ("picture",)),
    Cell("code", "x = 1"),
    Cell("code", "x = 1"),
    Cell("markdown", "The end: ε, ×."),
]


@pytest.fixture
def sources(tmp_path, project):
    """A folder with the common set-up cell and one small lab."""
    first = project.assignment / "labs" / "first_cell.py"
    (tmp_path / first.name).write_bytes(first.read_bytes())
    (tmp_path / "tiny.py").write_text("# %% [markdown]\n# # Tiny\n\n# %%\nx = 1\n")
    return tmp_path


def ids(cells):
    return [cell["id"] for cell in json.loads(notebook_of(cells))["cells"]]


def test_a_notebook_holds_the_cells_and_no_outputs():
    notebook = nbformat.reads(notebook_of(CELLS).decode(), as_version=4)
    nbformat.validate(notebook)
    found = [
        Cell(c.cell_type, c.source, c.metadata.get("name", ""), tuple(c.metadata.get("tags", ())))
        for c in notebook.cells
    ]
    assert found == CELLS
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * 3


def test_the_same_cells_give_the_same_bytes():
    assert notebook_of(CELLS) == notebook_of(list(CELLS))


def test_ids_are_unique_though_texts_are_not():
    assert len(set(ids(CELLS))) == len(CELLS)


def test_ids_stay_when_other_cells_come_and_change():
    changed = [
        CELLS[0],
        Cell("code", "new = 1"),
        Cell("code", "x = 2", "first", ("picture",)),
        *CELLS[2:],
    ]
    before, after = ids(CELLS), ids(changed)
    assert before == [after[0], *after[2:]]


def test_names_that_begin_alike_have_ids_of_their_own():
    long = [Cell("code", "x", "a" * 70 + end) for end in "bcd"]
    found = ids(long)
    assert len(set(found)) == 3
    assert max(map(len, found)) <= 64


def test_the_set_up_cell_comes_after_the_title(sources):
    cells = lab_cells(sources, "tiny")
    assert [cell.kind for cell in cells] == ["markdown", "code", "code"]
    assert [cell.name for cell in cells] == ["", SET_UP, ""]
    assert cells[0].source == "# Tiny"
    assert cells[2].source == "x = 1"


def test_the_set_up_cell_is_no_lab(sources):
    assert lab_names(sources) == ["tiny"]
    assert lab_names(sources / "nowhere") == []


def test_a_lab_begins_with_markdown(sources):
    (sources / "tiny.py").write_text("# %%\nx = 1\n")
    with pytest.raises(LabError, match=r"^tiny\.py: the first cell is markdown"):
        lab_cells(sources, "tiny")


def test_the_set_up_cells_name_is_taken(sources):
    (sources / "tiny.py").write_text(f'# %% [markdown] name="{SET_UP}"\n# # Tiny\n')
    with pytest.raises(LabError, match=rf"^tiny\.py: .*'{SET_UP}'"):
        lab_cells(sources, "tiny")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xfa"], ids=["absent", "not UTF-8"])
def test_a_source_that_cannot_be_read_is_named(sources, content):
    (sources / "tiny.py").unlink()
    if content is not None:
        (sources / "tiny.py").write_bytes(content)
    with pytest.raises(LabError, match=r"tiny\.py cannot be read"):
        lab_cells(sources, "tiny")


def test_the_digest_leaves_out_what_saving_adds():
    notebook = notebook_of(CELLS)
    saved = json.loads(notebook)
    saved["metadata"]["language_info"]["version"] = "3.11.0"
    saved["cells"][1]["execution_count"] = 7
    for cell in saved["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    assert content_digest(json.dumps(saved).encode()) == content_digest(notebook)


@pytest.mark.parametrize(
    "change", [{"source": "x = 2"}, {"outputs": [{"output_type": "stream", "text": "1"}]}]
)
def test_the_digest_sees_what_a_student_has_put_in(change):
    notebook = notebook_of(CELLS)
    saved = json.loads(notebook)
    saved["cells"][1].update(change)
    assert content_digest(json.dumps(saved).encode()) != content_digest(notebook)


def test_what_is_no_notebook_has_a_digest_by_its_bytes():
    assert len({content_digest(content) for content in (b"", b"[]", b"{}", b"{")}) == 4
