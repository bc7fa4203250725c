"""The history: a copy of what was graded, for whoever wishes an earlier version back."""

from types import SimpleNamespace

import pytest

from grader import history


@pytest.fixture
def keep(tmp_path, submission):
    """Keeps files as graded at a second of that day: `keep({"a.py": "..."}, second=3)`."""
    folder = tmp_path / "history"

    def keep(files, second=0, folder=folder):
        moment = f"2026-03-01T10:00:{second:02}+00:00"
        handed_in = submission(files)
        result = SimpleNamespace(graded_at=moment)
        history.keep(folder, SimpleNamespace(submission=handed_in, result=result))

    keep.folder = folder
    return keep


def entries(folder):
    return sorted(path.name for path in folder.iterdir())


def test_every_file_is_kept_as_it_was(keep):
    files = {"a.py": b"x = 1\r\n", "deep/er/b.py": "ü".encode("latin-1")}
    keep(files)
    (entry,) = keep.folder.iterdir()
    assert entry.name.startswith("2026-03-01T100000-")
    kept = {p.relative_to(entry).as_posix(): p.read_bytes() for p in entry.rglob("*.py")}
    assert kept == files


def test_the_same_files_again_are_not_kept_twice(keep):
    keep({"a.py": "x = 1"}, second=1)
    keep({"a.py": "x = 1"}, second=2)
    assert len(entries(keep.folder)) == 1


def test_an_earlier_version_that_comes_back_is_kept_again(keep):
    for second, content in enumerate(("x = 1", "x = 2", "x = 1"), start=1):
        keep({"a.py": content}, second=second)
    names = entries(keep.folder)
    assert [name.partition("-03-01T1000")[2][:2] for name in names] == ["01", "02", "03"]
    assert (keep.folder / names[-1] / "a.py").read_text() == "x = 1"


def test_the_oldest_make_room(keep, monkeypatch):
    monkeypatch.setattr(history, "KEPT", 3)
    for second in range(6):
        keep({"a.py": f"x = {second}"}, second=second)
    kept = [(keep.folder / name / "a.py").read_text() for name in entries(keep.folder)]
    assert kept == ["x = 3", "x = 4", "x = 5"]


def test_nothing_is_kept_of_nothing(keep):
    keep({})
    assert not keep.folder.exists() or entries(keep.folder) == []


def test_a_history_that_cannot_be_written_is_no_obstacle(keep, tmp_path):
    (tmp_path / "file").write_text("in the way")
    keep({"a.py": "x = 1"}, folder=tmp_path / "file" / "history")
    keep({"a.py": "x = 1"}, folder=tmp_path / "file")
    assert (tmp_path / "file").read_text() == "in the way"


def test_other_files_in_the_folder_stay(keep):
    keep.folder.mkdir()
    (keep.folder / "README").write_text("mine")
    keep({"a.py": "x = 1"})
    assert (keep.folder / "README").read_text() == "mine"
    assert len(entries(keep.folder)) == 2
