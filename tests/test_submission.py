"""The intake: whatever is handed in gives files or a reason, and never an accident."""

import errno
import io
import os
import random
import shutil
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake import names
from grader.submission import Submission, SubmissionError, read_notebooks, read_submission

QUIET = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX only")


@pytest.fixture
def folder(tmp_path):
    """Writes files under `ada/`; returns the folder."""

    def make(files):
        root = tmp_path / "ada"
        root.mkdir(exist_ok=True)
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        return root

    return make


@pytest.fixture
def archive(tmp_path):
    """Writes `ada.zip` from (name or ZipInfo, content) pairs."""

    def make(*members, compression=zipfile.ZIP_DEFLATED):
        path = tmp_path / "ada.zip"
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w", compression) as file:
            warnings.simplefilter("ignore")  # about duplicates: they are meant
            for name, content in members:
                file.writestr(name, content)
        return path

    return make


def member(name, mode):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


# Folders.


def test_a_folder_gives_its_python_files(folder):
    root = folder({"a.py": b"1", "notes.txt": b"2", "sub/b.py": b"3", "sub/deep/c.py": b"4"})
    read = read_submission(root)
    assert read.files == {"a.py": b"1", "sub/b.py": b"3", "sub/deep/c.py": b"4"}
    assert (read.id, read.refused) == ("ada", None)
    assert read.saved_at == {name: (root / name).stat().st_mtime for name in read.files}


def test_bytes_are_taken_as_they_are(folder):
    content = b"\xef\xbb\xbf# caf\xe9\r\n\x00"
    assert read_submission(folder({"a.py": content})).files == {"a.py": content}


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.py",
        ".venv/a.py",
        "__pycache__/a.py",
        "site-packages/a.py",
        "node_modules/a.py",
        "wrong_answers/a.py",
        "__MACOSX/a.py",
        "a.pyc",
        "a.ipynb",
        "1/2/3/4/a.py",
    ],
)
def test_what_is_not_the_students_code_is_left_out(folder, archive, name):
    assert read_submission(folder({name: b"x", "b.py": b"y"})).files == {"b.py": b"y"}
    if not name.startswith("1"):
        read = read_submission(archive((name, b"x"), ("b.py", b"y")))
        assert read.files == {"b.py": b"y"}


def test_an_empty_folder_is_an_empty_submission(folder):
    read = read_submission(folder({}))
    assert (read.files, read.refused) == ({}, None)


@posix
def test_links_and_devices_in_a_folder_are_refused_by_name(folder, tmp_path, why):
    (tmp_path / "secret.py").write_text("answer = 42")
    root = folder({"b.py": b"y"})
    (root / "link.py").symlink_to(tmp_path / "secret.py")
    read = read_submission(root)
    assert (read.files, read.id) == ({}, "ada")
    assert "link.py" in why(read)
    (root / "link.py").unlink()
    os.mkfifo(root / "pipe.py")
    assert "pipe.py" in why(read_submission(root))


@posix
def test_linked_folders_are_not_followed(folder, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.py").write_text("answer = 42")
    root = folder({"b.py": b"y"})
    (root / "inside").symlink_to(tmp_path / "outside", target_is_directory=True)
    (root / "round").symlink_to(root, target_is_directory=True)
    assert read_submission(root).files == {"b.py": b"y"}


@posix
def test_a_refused_folder_keeps_its_name(tmp_path):
    root = tmp_path / "ada.lovelace"
    root.mkdir()
    os.mkfifo(root / "pipe.py")
    assert read_submission(root).id == "ada.lovelace"


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read anything")
def test_a_file_without_permission_is_a_refused_submission(folder, why):
    root = folder({"a.py": b"x"})
    (root / "a.py").chmod(0)
    assert "a.py" in why(read_submission(root))


def test_too_large_and_too_many_are_refused_by_name(folder, archive, monkeypatch, why):
    monkeypatch.setattr(names, "MAX_FILES", 3)
    fine = {f"{number}.py": b"x" for number in range(3)}
    assert len(read_submission(folder(fine)).files) == 3
    assert len(read_submission(archive(*fine.items())).files) == 3
    for path in (folder({"3.py": b"x"}), archive(*fine.items(), ("3.py", b"x"))):
        assert "more than 3" in why(read_submission(path))


def test_one_mib_is_enough_for_a_file(folder, archive, why):
    for size, refused in ((1 << 20, False), ((1 << 20) + 1, True)):
        content = b"#" * size
        for path in (folder({"big.py": content}), archive(("big.py", content))):
            read = read_submission(path)
            assert ("big.py" in why(read)) is refused
            assert bool(read.files) is not refused


# Paths.


def test_nothing_at_the_path_is_the_callers_mistake(tmp_path):
    with pytest.raises(SubmissionError, match="nowhere"):
        read_submission(tmp_path / "nowhere")
    with pytest.raises(SubmissionError, match=r"nowhere\.zip"):
        read_submission(tmp_path / "nowhere.zip")


def test_a_single_file_is_answered_with_the_folder_to_give(tmp_path):
    (tmp_path / "optim.py").write_text("")
    with pytest.raises(SubmissionError, match="single file") as caught:
        read_submission(tmp_path / "optim.py")
    assert str(tmp_path) in str(caught.value)


def test_the_id_of_the_working_directory_is_its_name(folder, monkeypatch):
    monkeypatch.chdir(folder({"a.py": b"x"}))
    assert read_submission(Path(".")).id == "ada"


@pytest.mark.parametrize("name", ["work.rar", "work", "work.7z"])
def test_another_format_is_refused_by_name(tmp_path, name, why):
    (tmp_path / name).write_bytes(b"x")
    read = read_submission(tmp_path / name)
    assert read.files == {}
    assert name in why(read)


@posix
def test_what_is_no_file_is_refused_without_opening_it(tmp_path, why):
    """To open a pipe would be to wait for its writer."""
    os.mkfifo(tmp_path / "ada.zip")
    (tmp_path / "endless.zip").symlink_to("/dev/zero")
    for name in ("ada.zip", "endless.zip"):
        assert f"{name} is neither a folder" in why(read_submission(tmp_path / name))


@posix
def test_a_file_that_becomes_a_pipe_or_a_link_meanwhile(folder, tmp_path, why, monkeypatch):
    """Between looking at it and opening it; a link would lead to what a grader may read."""
    (tmp_path / "secret.py").write_text("answer = 42")
    root = folder({"a.py": b"x"})
    looked_at = (root / "a.py").lstat()
    monkeypatch.setattr(Path, "lstat", lambda path: looked_at)
    (root / "a.py").unlink()
    (root / "a.py").symlink_to(tmp_path / "secret.py")
    assert "a.py cannot be opened" in why(read_submission(root))
    (root / "a.py").unlink()
    os.mkfifo(root / "a.py")
    assert "a.py is not an ordinary file" in why(read_submission(root))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO])
def test_what_cannot_be_opened_is_named_with_the_systems_reason(folder, why, monkeypatch, number):
    root = folder({"a.py": b"x", "a.zip": b"PK"})
    refuse = OSError(number, os.strerror(number), "a.py")

    def no(*_):
        raise refuse

    monkeypatch.setattr(os, "open", no)
    assert f"a.py cannot be opened: {os.strerror(number)}" in why(read_submission(root))
    monkeypatch.setattr(Path, "open", no)
    assert "cannot be opened" in why(read_submission(root / "a.zip"))


# Archives.


def test_an_archive_gives_the_same_files_as_its_folder(folder, archive):
    files = {"a.py": b"1", "sub/b.py": b"3"}
    from_folder, from_zip = read_submission(folder(files)), read_submission(archive(*files.items()))
    assert from_zip.files == from_folder.files
    assert from_zip.digest == from_folder.digest
    assert from_zip.id == "ada"


@pytest.mark.parametrize("top", ["", "work/", "my work/starter_code/"])
def test_the_archives_outer_folders_are_taken_away(archive, top):
    read = read_submission(archive((f"{top}a.py", b"1"), (f"{top}sub/b.py", b"2")))
    assert read.files == {"a.py": b"1", "sub/b.py": b"2"}


def test_two_outer_folders_stay(archive):
    read = read_submission(archive(("x/a.py", b"1"), ("y/a.py", b"2")))
    assert read.files == {"x/a.py": b"1", "y/a.py": b"2"}


def test_a_very_deep_folder_is_only_a_folder(archive):
    read = read_submission(archive(("d/" * 5000 + "a.py", b"1")))
    assert read.files == {"a.py": b"1"} or read.refused


@pytest.mark.parametrize(
    ("name", "told"),
    [("/etc/evil.py", "evil.py"), ("../evil.py", "evil.py"), ("a/../../evil.py", "evil.py")],
)
def test_a_member_outside_the_archive_is_refused_by_name(archive, name, told, why):
    read = read_submission(archive(("b.py", b"y"), (name, b"x")))
    assert read.files == {}
    assert told in why(read)


@pytest.mark.parametrize(
    "mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK]
)
def test_links_and_devices_in_an_archive_are_refused_by_name(archive, mode, why):
    read = read_submission(archive((member("link.py", mode | 0o777), b"/etc/passwd")))
    assert read.files == {}
    assert "link.py" in why(read)


def test_permissions_do_not_matter(archive):
    for mode in (0, 0o644, 0o000, stat.S_IFREG | 0o600):
        assert read_submission(archive((member("a.py", mode), b"x"))).files == {"a.py": b"x"}


@pytest.mark.parametrize("again", ["a.py", "./a.py", "x//../a.py"])
def test_a_member_that_comes_twice_is_refused(archive, again):
    read = read_submission(archive(("a.py", b"honest"), (again, b"other")))
    assert read.files == {}
    assert read.refused


def test_a_bomb_is_refused_without_unpacking_it(archive, why):
    path = archive(("bomb.py", bytes(64 << 20)))
    assert path.stat().st_size < 1 << 20
    assert "bomb.py" in why(read_submission(path))


def test_a_size_that_lies_is_refused(archive):
    path = archive(("a.py", bytes(100_000)))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(signature) + offset
        data[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(data)
    read = read_submission(path)
    assert read.files == {}
    assert read.refused


def test_an_encrypted_archive_is_refused(archive, why):
    path = archive(("a.py", b"x"))
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in why(read_submission(path))


def test_a_name_that_is_no_text_is_refused_or_read(archive):
    path = archive(("é.py", b"x"))
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xfe"))
    read = read_submission(path)
    assert read.refused or list(read.files.values()) == [b"x"]


@pytest.mark.parametrize(
    "compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_damage_is_refused_however_it_is_compressed(archive, compression):
    content = random.Random(231).randbytes(5000)
    path = archive(("a.py", content), compression=compression)
    assert read_submission(path).files == {"a.py": content}
    data = bytearray(path.read_bytes())
    data[100:200] = bytes(100)
    path.write_bytes(data)
    read = read_submission(path)
    assert read.files == {}
    assert read.refused


def zip_bytes(compression):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        file.writestr("work/optim.py", b"def f(x):\n    return x\n" * 5)
        file.writestr("work/é.py", b"# \xc3\xa9\n")
    return buffer.getvalue()


@QUIET
@given(
    st.sampled_from(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    ),
    st.data(),
)
def test_any_damage_to_an_archive_gives_files_or_a_reason(tmp_path, compression, data):
    content = bytearray(zip_bytes(compression))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.just(len(content)) | st.integers(0, len(content)))]
    path = tmp_path / "ada.zip"
    path.write_bytes(content)
    read = read_submission(path)  # any exception fails the test
    assert read.files == {} or not read.refused


@QUIET
@given(st.binary(max_size=300))
def test_any_bytes_called_a_zip_are_refused(tmp_path, content):
    path = tmp_path / "ada.zip"
    path.write_bytes(content)
    read = read_submission(path)
    assert (read.files, read.id) == ({}, "ada")
    assert read.refused


# The digest.


def digest(files):
    return Submission("x", Path("x"), files).digest


def test_the_digest_is_of_names_and_contents_only():
    assert digest({"a.py": b"1", "b.py": b"2"}) == digest({"b.py": b"2", "a.py": b"1"})
    assert digest({}).startswith("sha256:")
    assert len(digest({})) == len("sha256:") + 64


@given(
    st.dictionaries(st.text(max_size=4), st.binary(max_size=4), max_size=3),
    st.dictionaries(st.text(max_size=4), st.binary(max_size=4), max_size=3),
)
def test_different_files_have_different_digests(a, b):
    assert (digest(a) == digest(b)) is (a == b)


def test_the_border_between_name_and_content_counts():
    assert digest({"a": b"bc"}) != digest({"ab": b"c"})
    assert digest({"a": b"", "b": b""}) != digest({"a": b"b"})


@pytest.mark.parametrize("kind", ["folder", "zip", "alone", "loose"])
def test_notebooks_can_be_read_beside_the_code(tmp_path, kind):
    folder = tmp_path / "work"
    (folder / "labs").mkdir(parents=True)
    (folder / "optim.py").write_text("x = 1")
    notebook = folder / "labs" / "one.ipynb"
    notebook.write_bytes(b"{}")
    files = {"one.ipynb": notebook, "optim.py": folder / "optim.py"} if kind == "loose" else None
    path, name = folder, "labs/one.ipynb" if kind == "folder" else "one.ipynb"
    if kind == "zip":
        path = Path(shutil.make_archive(str(tmp_path / "work"), "zip", folder))
    elif kind == "alone":
        path = notebook
    assert read_notebooks(path, files) == ({name: b"{}"}, None)


def test_where_no_notebook_can_be_read_it_is_told_why(tmp_path):
    assert read_notebooks(tmp_path) == ({}, None)
    (tmp_path / "text").write_text("x")
    assert read_notebooks(tmp_path / "text") == ({}, None)
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04")
    assert read_notebooks(tmp_path / "damaged.zip")[1].key == "refused_damaged"
    (tmp_path / "one.ipynb").symlink_to(tmp_path / "text")
    assert read_notebooks(tmp_path)[1].key == "refused_link"
