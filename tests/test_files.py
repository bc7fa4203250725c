"""A file is written whole or not at all, and what cannot be written is named."""

import os

import pytest

from grader.errors import USAGE, sentence_and_code
from grader.files import write_atomically


def test_what_is_written_replaces_what_was_there_and_keeps_its_mode(tmp_path):
    path = tmp_path / "new" / "file"
    write_atomically(path, b"one", mode=0o600)
    assert path.read_bytes() == b"one"
    mode = path.stat().st_mode
    write_atomically(path, b"two", mode=0o644)
    assert (path.read_bytes(), path.stat().st_mode) == (b"two", mode)
    assert os.listdir(path.parent) == ["file"]


@pytest.mark.parametrize("where", ["folder", "file/inside", "n" * 300])
def test_a_path_that_cannot_be_written_is_named(tmp_path, where):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("stays")
    with pytest.raises(OSError, match=str(where.split("/")[0])) as caught:
        write_atomically(tmp_path / where, b"content")
    sentence, code = sentence_and_code(caught.value)
    assert code == USAGE
    assert "cannot be used" in sentence
    assert str(tmp_path / where.split("/")[0]) in sentence
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]
    assert (tmp_path / "file").read_text() == "stays"
