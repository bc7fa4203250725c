"""Notebooks: read under caps, in both formats that are in use; anything else is refused."""

import json
import zipfile

import pytest

from grader.intake import notebooks
from grader.submission import read_submission


def notebook(*cells, **more):
    """The bytes of a notebook with these code cells."""
    code = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": code, **more}).encode()


@pytest.fixture
def read(tmp_path):
    """Reads bytes as the notebook `work.ipynb`; returns the submission."""

    def make(content, name="work.ipynb"):
        (tmp_path / name).write_bytes(content)
        submission = read_submission(tmp_path / name)
        assert sorted(tmp_path.iterdir()) == [tmp_path / name]
        return submission

    return make


def run(submission, name):
    """The function of that name in the submission's first module."""
    (source, *_) = submission.files.values()
    module = {}
    exec(compile(source, "work.py", "exec"), module)
    return module[name]


FUNCTION = "def double(x):\n    return 2 * x\n"


@pytest.mark.parametrize("source", [FUNCTION, FUNCTION.splitlines(keepends=True)])
def test_a_notebook_is_a_submission(read, source):
    submission = read(notebook("print('hello')", source))
    assert (submission.id, submission.refused, list(submission.files)) == (
        "work",
        None,
        ["work.py"],
    )
    assert run(submission, "double")(4) == 8


def test_the_older_format_is_read(read):
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {"cell_type": "code", "input": FUNCTION.splitlines(keepends=True)},
    ]
    content = json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode()
    assert run(read(content), "double")(4) == 8


def test_a_byte_order_mark_and_windows_line_ends(read):
    content = b"\xef\xbb\xbf" + notebook(FUNCTION.replace("\n", "\r\n"))
    assert run(read(content), "double")(4) == 8


def test_text_that_is_no_code_is_left_out(read):
    cells = [{"cell_type": kind, "source": FUNCTION} for kind in ("markdown", "raw")]
    content = json.dumps({"nbformat": 4, "cells": cells}).encode()
    assert b"def" not in read(content).files["work.py"]


@pytest.mark.parametrize(
    ("name", "module"),
    [
        ("Part 1 - Optimizers.ipynb", "Part_1___Optimizers.py"),
        ("v1.2.ipynb", "v1_2.py"),
        ("random.ipynb", "random_notebook.py"),
        ("numpy.IPYNB", "numpy_notebook.py"),
    ],
)
def test_the_module_has_a_name_that_can_be_imported(read, name, module):
    assert list(read(notebook(FUNCTION), name).files) == [module]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b"x = 1\n",
        notebook(FUNCTION)[:-3],
        notebook(FUNCTION).decode().encode("utf-16"),
        notebook(3),
        notebook([3]),
        notebook({"a": 1}),
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b'{"cells": {"a": 1}}',
        b'{"worksheets": [3]}',
        b'{"worksheets": [{"cells": null}]}',
        b'{"cells": [], "n": ' + b"9" * 10_000 + b"}",
        b'{"cells": [], "a": ' + b"[" * 200 + b"]" * 200 + b"}",
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b'"\\',
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_is_no_notebook_is_refused(read, why, content):
    submission = read(content)
    assert submission.files == {}
    assert "work.ipynb is not a notebook as Jupyter saves it" in why(submission)


@pytest.mark.parametrize(
    "content",
    [
        b'{"cells":[' + b"[]," * 5_000_000 + b"[]]}",
        b'{"cells":[' + b'"",' * 5_000_000 + b'""]}',
        b'{"cells":["' + b'\\"' * 7_000_000 + b'"]}',
        b'{"cells":["' + b"\\\\" * 7_000_000,
        b'{"cells":' + b"[" * 15_000_000,
    ],
    ids=["lists", "strings", "escaped quotes", "backslashes", "nested"],
)
def test_memory_is_bounded(read, why, memory, content):
    with memory() as peak:
        submission = read(content)
    assert "not a notebook" in why(submission)
    assert peak() < 70 << 20  # the file itself takes 15


def test_pictures_may_be_large(read):
    picture = {"image/png": "A" * (8 << 20)}
    content = notebook(FUNCTION, pictures=[{"data": picture, "quoted": '\\"{[' * 1000}])
    assert read(content).refused is None


def test_caps(read, why, monkeypatch):
    monkeypatch.setattr(notebooks, "MAX_CELLS", 3)
    assert read(notebook("", "", "")).refused is None
    assert "more code than is read" in why(read(notebook("", "", "", "")))
    assert "more code than is read" in why(read(notebook("#" * (65 << 10))))
    monkeypatch.setattr(notebooks, "MAX_CODE", 100)
    assert "more code than is read" in why(read(notebook("#" * 60, "#" * 60)))
    assert "more than 16 MiB" in why(read(b"#" * (17 << 20)))


@pytest.fixture
def together(tmp_path):
    """The same files as a folder and as a zip: `together({"a.py": b""})`, both submissions."""

    def make(files):
        for name, content in files.items():
            path = tmp_path / "ada" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with zipfile.ZipFile(tmp_path / "ada.zip", "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return [read_submission(tmp_path / name) for name in ("ada", "ada.zip")]

    return make


def test_among_python_files_a_notebook_is_not_read(together):
    for submission in together({"sub/a.py": b"x = 1", "lab.ipynb": b"{", "x/b.ipynb": b""}):
        assert list(submission.files.values()) == [b"x = 1"]


def test_where_there_is_no_python_file_every_notebook_is_read(together):
    files = {"a b.ipynb": notebook(FUNCTION), "a-b.ipynb": notebook(FUNCTION)}
    for submission in together({**files, ".ipynb_checkpoints/c.ipynb": b"{"}):
        assert list(submission.files) == ["a_b.py", "a_b_2.py"]


def test_one_that_cannot_be_read_is_named(together, why):
    for submission in together({"lab/a.ipynb": notebook(FUNCTION), "lab/b.ipynb": b"{"}):
        assert submission.files == {}
        assert "b.ipynb is not a notebook" in why(submission)
