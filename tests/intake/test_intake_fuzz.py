"""Whatever is handed in gives files or a sentence, within the caps, and nothing on disk changes."""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake import names
from grader.submission import SubmissionError, read_submission

MANY = settings(max_examples=300)
NAMES = ["ada.zip", "ada.tar", "ada.tar.gz", "ada.ipynb", "ada", "ada.rar"]
SOURCE = b"def f(x):\n    return x\n" * 5


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("handed_in")


@pytest.fixture(scope="module")
def taken(place, manifest):
    """Reads bytes as a submission and looks at all that has to hold: `taken("a.zip", b"PK...")`."""

    def read(name, content):
        path = place / name
        path.write_bytes(content)
        try:
            submission = read_submission(path)
            assert list(place.iterdir()) == [path]
            assert path.read_bytes() == content
        finally:
            path.unlink()
        check(submission, manifest)
        return submission

    return read


def check(submission, manifest):
    """What holds for every submission."""
    assert not (submission.files and submission.refused)
    if submission.refused:
        sentence = manifest.say("unreadable", why=submission.refused)
        assert sentence.isprintable()
        assert len(sentence) < 600
    assert len(submission.files) <= names.MAX_FILES
    for name, content in submission.files.items():
        assert type(content) is bytes
        assert len(content) <= names.MAX_FILE + (1 << 20)  # places are added to notebooks' lines
        assert name.isprintable()
        assert name.endswith(".py")
        assert not PurePosixPath(name).is_absolute()
        assert ".." not in name.split("/")
        assert len(name.split("/")) <= names.MAX_DEPTH
    assert len({name.casefold() for name in submission.files}) == len(submission.files)
    assert submission.digest.startswith("sha256:")


starts = st.sampled_from(
    [
        *(b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00", b"BZh9", b"BZh91AY&SY"),
        *(b"\xfd7zXZ\x00", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"{", b'{"cells":[', bytes(512)),
        *(b"\xef\xbb\xbf{", gzip.compress(b"")[:10], lzma.compress(b"")),
    ]
)


@MANY
@given(st.sampled_from(NAMES), starts, st.binary(max_size=600))
def test_any_bytes(taken, name, start, content):
    taken(name, start + content)


def zip_bytes(method):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name in ("work/optim.py", "work/é.py", "work/data.bin"):
            info = zipfile.ZipInfo(name)  # without the time of day
            file.writestr(info, SOURCE, method)
    return buffer.getvalue()


def tar_bytes(tar_format):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tar_format) as file:
        for name in ("work/optim.py", "work/" + "d" * 120 + "/é.py", "work/data.bin"):
            info = tarfile.TarInfo(name)
            info.size = len(SOURCE)
            file.addfile(info, io.BytesIO(SOURCE))
    return buffer.getvalue()[:8192]


ZIPS = [
    zip_bytes(method)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
]
TARS = [tar_bytes(form) for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)]
PACKED = [
    pack(tar)
    for tar in TARS
    for pack in (lambda tar: gzip.compress(tar, mtime=0), bz2.compress, lzma.compress)
]


damages = st.lists(
    st.tuples(
        st.sampled_from(["byte", "bit", "number", "cut", "twice", "end"]),
        st.integers(0, 1 << 13)
        | st.sampled_from(range(0, 3072, 512)).flatmap(
            lambda start: st.integers(start, start + 511)  # where a tar's headers are
        ),
        st.integers(0, 255),
    ),
    min_size=1,
    max_size=4,
)


def damaged(content, how):
    """Some bytes changed, bits flipped, a piece cut out or put in twice, the end cut off."""
    content = bytearray(content)
    for kind, at, value in how:
        at %= max(len(content), 1)
        if kind == "byte":
            content[at : at + 1] = bytes([value])
        elif kind == "bit":
            content[at : at + 1] = bytes([content[at] ^ (1 << value % 8)]) if content else b""
        elif kind == "number":
            size = (2, 4, 8, 12)[value % 4]
            content[at : at + size] = (b"\xff", b"\0", b"\x7f", b"7")[value // 4 % 4] * size
        elif kind == "cut":
            del content[at : at + value]
        elif kind == "twice":
            content[at:at] = content[at : at + 2 * value]
        elif value < 64:
            del content[at:]
    return bytes(content)


@MANY
@given(st.sampled_from(ZIPS + PACKED), damages)
def test_damaged_archives(taken, content, how):
    assert taken("ada", content).files  # undamaged
    taken("ada", damaged(content, how))


@MANY
@given(st.sampled_from(TARS), st.booleans(), damages)
def test_damaged_headers_of_tars(taken, content, checked, how):
    """With checksums that fit, so that what the headers say is looked at."""
    content = bytearray(damaged(content, how))
    if checked:
        for start in range(0, len(content) - 511, 512):
            block = content[start : start + 512]
            if any(block):
                block[148:156] = b" " * 8
                content[start + 148 : start + 156] = b"%06o\0 " % sum(block)
    taken("ada.tar", bytes(content))


parts = st.sampled_from(
    """a b Optim.py optim.py OPTIM.PY é.py e\u0301.py . .. .hidden .hidden.py __MACOSX ._a.py C: c.py
    C:a.py nul.txt x.ipynb X.IPYNB __pycache__ site-packages d.py/ \\ ..\\ a\\b.py con.py 1.2 \u202ea.py""".split()  # noqa: E501, SIM905
) | st.text(max_size=3)
paths = st.tuples(st.sampled_from(["", "/", "//", "./"]), st.lists(parts, max_size=6)).map(
    lambda path: path[0] + "/".join(path[1])
)
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": SOURCE.decode()}]}).encode()
kinds = st.sampled_from(
    [tarfile.REGTYPE] * 6 + [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]
)
trees = st.lists(st.tuples(paths, kinds, st.sampled_from([SOURCE, NOTEBOOK, b""])), max_size=5)


@MANY
@given(trees)
def test_any_tree_of_names_in_a_tar(taken, tree):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as file:
        for name, kind, content in tree:
            info = tarfile.TarInfo(name)
            info.type = kind
            info.size = len(content) if kind == tarfile.REGTYPE else 0
            try:
                file.addfile(info, io.BytesIO(content))
            except (UnicodeError, ValueError):
                continue  # a name that tarfile does not write
    taken("ada.tar", buffer.getvalue())


@MANY
@given(trees)
def test_any_tree_of_names_in_a_zip(taken, tree):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, kind, content in tree:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = (0o120777 if kind == tarfile.SYMTYPE else 0o100644) << 16
            try:
                file.writestr(info, content)
            except (UnicodeError, ValueError, UserWarning):
                continue  # a name that zipfile does not write, or writes with a warning
    taken("ada.zip", buffer.getvalue())


def written(root, tree):
    """The tree on disk, as far as the file system has such names."""
    for name, kind, content in tree:
        inside = [part for part in name.split("/") if part not in ("", ".", "..")]
        path = root.joinpath(*inside) if "\0" not in name else root
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(path):
                continue  # what is written to a pipe waits for a reader
            if kind == tarfile.SYMTYPE:
                path.symlink_to(root)
            elif kind == tarfile.FIFOTYPE and hasattr(os, "mkfifo"):
                os.mkfifo(path)
            else:
                path.write_bytes(content)
        except (OSError, ValueError):
            continue  # not a name here, or below a file


def listing(root):
    return sorted((str(path), path.lstat().st_mtime_ns) for path in Path(root).rglob("*"))


@settings(max_examples=150)
@given(trees)
def test_any_tree_of_names_in_a_folder(manifest, tree):
    with tempfile.TemporaryDirectory() as root:
        written(Path(root), [entry for entry in tree if entry[1] != tarfile.LNKTYPE])
        before = listing(root)
        check(read_submission(Path(root)), manifest)
        assert listing(root) == before


plain = st.lists(st.sampled_from(["a", "b", "optim", "é", "my work"]), min_size=1, max_size=4).map(
    lambda path: "/".join(path) + ".py"
)


@settings(max_examples=60)
@given(st.dictionaries(plain, st.binary(max_size=20), max_size=5))
def test_a_folder_its_zip_and_its_tar_are_the_same_submission(taken, files):
    files = {"top.py": b"", **files}
    with tempfile.TemporaryDirectory() as root:
        for name, content in files.items():
            (Path(root) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(root) / name).write_bytes(content)
        expected = read_submission(Path(root)).files
    assert expected == files
    archive, tar = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped, tarfile.open(fileobj=tar, mode="w:gz") as tarred:
        for name, content in files.items():
            zipped.writestr(f"ada/{name}", content)
            info = tarfile.TarInfo(f"ada/{name}")
            info.size = len(content)
            tarred.addfile(info, io.BytesIO(content))
    assert taken("ada.zip", archive.getvalue()).files == expected
    assert taken("ada.tar.gz", tar.getvalue()).files == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "worksheets", "cell_type", "source", "input", "x"]), inner
        )
    ),
    max_leaves=8,
)
cells = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "code", "markdown", 3])},
    optional={
        "source": st.text(max_size=30) | st.just(SOURCE.decode()) | json_values,
        "input": json_values,
    },
)


@MANY
@given(st.lists(cells, max_size=4) | json_values, st.sampled_from(["cells", "worksheets"]), damages)
def test_any_notebook(taken, content, key, how):
    text = json.dumps({"nbformat": 4, key: content}).encode()
    taken("ada.ipynb", text)
    taken("ada.ipynb", damaged(text, how))


@given(st.text(max_size=300))
def test_any_path_where_nothing_is_is_told_so(place, text):
    with pytest.raises(SubmissionError, match="does not exist"):
        read_submission(place / "nowhere" / text)
