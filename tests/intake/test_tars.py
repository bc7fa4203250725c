"""Tars in particular: every format that tools write, and headers that no tool writes."""

import gzip
import io
import lzma
import tarfile
import zlib

import pytest

FILES = {"optim.py": b"x = 1\n", "more/net.py": b"y = 2\r\n"}


def header(name, size, kind=b"0", **fields):
    info = tarfile.TarInfo(name)
    info.type = kind
    block = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = size if isinstance(size, bytes) else b"%011o\0" % size
    for place, value in fields.values():
        block[place : place + len(value)] = value
    return checked(block)


def checked(block):
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def filled(content):
    return content + bytes(-len(content) % 512)


END = bytes(1024)
GOOD = header("a.py", 4) + filled(b"x=1\n")


@pytest.mark.parametrize(
    "tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]
)
@pytest.mark.parametrize(
    "top", ["", "ü" * 60 + "/", "deeply/" * 20, "/".join(["d" * 40] * 10) + "/"]
)
def test_every_format_is_read_as_tarfile_reads_it(hand_in, tar_format, top):
    if tar_format == tarfile.USTAR_FORMAT and len(top) > 150:
        pytest.skip("too long a name for this format")
    members = [(top + name, content) for name, content in FILES.items()]
    for form in ("tar", "tar.gz"):
        assert hand_in(form, *members, tar_format=tar_format).files == FILES


def test_the_oldest_format_is_read(hand_in):
    v7 = bytearray(GOOD)
    v7[156:512] = bytes(356)  # no magic; the type is a NUL
    folder = bytearray(header("sub/", 0))
    folder[156:512] = bytes(356)
    content = checked(folder) + checked(v7[:512]) + v7[512:] + END
    assert hand_in("tar", bytes(content)).files == {"a.py": b"x=1\n"}


def test_the_end_may_be_missing(hand_in, why):
    """Some tools write no end, and tar itself takes it as one."""
    assert hand_in("tar", GOOD).files == {"a.py": b"x=1\n"}
    assert "damaged" in why(hand_in("tar", GOOD + GOOD.replace(b"a.py", b"b.py")[:100]))


def test_several_compressed_streams_are_one_file(hand_in):
    content = GOOD + END
    parts = [content[:300], content[300:700], content[700:]]
    for form, compress in (("tar.gz", gzip.compress), ("tar.xz", lzma.compress)):
        assert hand_in(form, b"".join(map(compress, parts))).files == {"a.py": b"x=1\n"}
        padded = b"".join(map(compress, parts)) + bytes(512)
        assert hand_in(form, padded).files == {"a.py": b"x=1\n"}


def test_a_compressed_file_that_is_no_tar_is_refused(hand_in, why):
    assert "damaged" in why(hand_in("py.gz", gzip.compress(b"x = 1\n" * 500)))
    assert "damaged" in why(hand_in("py.gz", gzip.compress(b"x = 1\n")))


def test_data_of_any_size_is_passed_over_without_reading(hand_in, tmp_path):
    """A terabyte of data before the code: a file with a hole is as good as one that is full."""
    from grader.submission import read_submission

    path = tmp_path / "ada.tar"
    with path.open("wb") as file:
        file.write(header("data.bin", b"\x80" + (1 << 40).to_bytes(11, "big")))
        try:
            file.seek(1 << 40, io.SEEK_CUR)
            file.write(GOOD + END)
        except OSError:
            pytest.skip("this file system has no such files")
    assert read_submission(path).files == {"a.py": b"x=1\n"}


HOSTILE = {
    "a size that is no number": header("a.py", b"-0000000004\0"),
    "a size with an underscore": header("a.py", b"0000000_004\0"),
    "a negative size": header("a.py", b"\xff" * 12),
    "a size beyond the file": header("data", 1 << 30),
    "a size beyond the file, of ours": header("a.py", 1 << 19) + b"x",
    "a name of a gigabyte": header("x", 1 << 30, b"L"),
    "attributes of a gigabyte": header("x", 1 << 30, b"x"),
    "a wrong checksum": GOOD[:100] + b"7" + GOOD[101:],
    "records without an end": header("x", 12, b"x") + filled(b"999 path=a.p"),
    "records of length 0": header("x", 9, b"x") + filled(b"0 path=a\n"),
    "records without a length": header("x", 7, b"x") + filled(b"path=a\n"),
    "records that go back": header("x", 10, b"x") + filled(b"1 path=ab\n"),
    "a recorded size that is none": header("x", 11, b"x") + filled(b"11 size=-5\n") + GOOD,
    "a map of a sparse file without end": header("x", 0, b"S", more=(482, b"\1")),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("compressed", [False, True])
def test_headers_that_no_tool_writes_are_damage(hand_in, why, memory, content, compressed):
    zeros = bytes(1 << 20)
    if compressed:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        filling = [] if content.endswith(b"x") else [zeros] * 20
        content = b"".join(map(packer.compress, [content, *filling])) + packer.flush()
    with memory() as peak:
        read = hand_in("tar", content)
    assert read.files == {}
    assert "damaged" in why(read) or "neither a folder" in why(read) or "no Python" in why(read)
    assert peak() < 4 << 20


def test_chains_of_headers_end(hand_in, why, monkeypatch):
    monkeypatch.setattr("grader.intake.names.MAX_MEMBERS", 1000)
    for kind in (b"x", b"L", b"g", b"K"):
        assert "more than 1000 files" in why(hand_in("tar", header("x", 0, kind) * 2000))


@pytest.mark.parametrize("compress", [gzip.compress, lzma.compress])
def test_streams_without_content_end(hand_in, compress):
    assert hand_in("tar.gz", compress(b"") * 20_000).files == {}


def test_a_sparse_file_of_ours_is_refused_by_its_own_name(hand_in, why):
    record = b"28 GNU.sparse.name=optim.py\n"
    member = header("GNUSparseFile.1/x", 4) + filled(b"x=1\n")
    content = header("x", len(record), b"x") + filled(record) + member + END
    assert "optim.py is not an ordinary file" in why(hand_in("tar", content))


def test_recorded_names_and_sizes_count(hand_in, why):
    record = b"16 path=../b.py\n"
    content = header("x", len(record), b"x") + filled(record) + GOOD + END
    assert "../b.py leads out" in why(hand_in("tar", content))
    record = b"16 path=a\0/b.py\n"
    content = header("x", len(record), b"x") + filled(record) + GOOD + END
    assert "no text" in why(hand_in("tar", content))
    record = b"9 size=4\n"
    wrong = header("x", len(record), b"x") + filled(record) + header("a.py", 1 << 30)
    assert hand_in("tar", wrong + filled(b"x=1\n") + END).files == {"a.py": b"x=1\n"}


def test_a_name_that_is_no_text_is_refused_if_it_is_one_of_ours(hand_in, why):
    assert "no text" in why(hand_in("tar", GOOD + header("b.py", 0, shown=(0, b"\xff.py")) + END))
    read = hand_in("tar", GOOD + header("b.txt", 0, shown=(0, b"\xff.txt")) + END)
    assert read.files == {"a.py": b"x=1\n"}
