"""Zips in particular; see tests/test_submission.py for damage of every kind."""

import io
import struct
import warnings
import zipfile

import pytest

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


def zipped(*members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in members:
            file.writestr(name, content)
    return bytearray(buffer.getvalue())


def changed(content, offset_in_local, offset_in_directory, value):
    """The archive with a field of its first member changed in both places."""
    for signature, offset in (
        (b"PK\x03\x04", offset_in_local),
        (b"PK\x01\x02", offset_in_directory),
    ):
        place = content.index(signature) + offset
        content[place : place + len(value)] = value
    return bytes(content)


def with_directory(content, entries, claimed):
    """The archive with another directory, and an end that claims so many bytes of it."""
    start = content.index(b"PK\x01\x02")
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFF, 0xFFF, claimed, start, 0)
    return bytes(content[:start] + entries + end)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("size", [0, 1, 1000, 200_000])
def test_every_method_of_zipfile_is_read(hand_in, method, size):
    content = (b"x = 12345\n" * (size // 10 + 1))[:size]
    assert hand_in("zip", bytes(zipped(("a.py", content), method=method))).files == {
        "a.py": content
    }


@pytest.mark.parametrize("method", METHODS)
def test_a_size_that_lies_is_not_believed(hand_in, why, memory, method):
    for size, told in ((30 << 20, "more than 1 MiB"), (200_000, "damaged")):
        content = changed(zipped(("a.py", bytes(size)), method=method), 22, 24, b"\x10\0\0\0")
        with memory() as peak:
            read = hand_in("zip", content)
        assert read.files == {}
        assert told in why(read)
        assert peak() < (12 << 20)  # the dictionaries of bzip2 and lzma


def test_an_uncommon_method_is_refused_by_name(hand_in, why):
    content = changed(zipped(("a.py", b"x")), 8, 10, struct.pack("<H", 9))
    assert "a.py is compressed by an uncommon method" in why(hand_in("zip", content))


def test_an_encrypted_member_matters_only_if_it_is_one_of_ours(hand_in, why):
    for name, told in (("a.py", "a.py is encrypted"), ("data", "")):
        content = changed(zipped((name, b"x"), ("b.py", b"y")), 6, 8, b"\1")
        read = hand_in("zip", content)
        assert told in why(read)
        assert bool(read.files) is (name == "data")


def test_what_other_tools_would_show_is_what_is_graded(hand_in, why):
    """Some go by the directory, some by the header before the content."""
    content = zipped(("a.py", b"x"))
    content[content.index(b"a.py")] = ord("b")
    assert "damaged" in why(hand_in("zip", bytes(content)))


def test_a_name_with_a_nul_is_refused(hand_in, why):
    content = bytes(zipped(("evilxpy.txt", b"x"))).replace(b"evilxpy.txt", b"evil.py\0txt")
    assert "no text" in why(hand_in("zip", content))


def test_a_name_in_a_broken_encoding_is_refused(hand_in, why):
    content = bytes(zipped(("é.txt", b"x"), ("a.py", b"y"))).replace("é".encode(), b"\xff\xfe")
    assert "no text" in why(hand_in("zip", content))


def test_members_that_share_their_content_unfold_to_no_more_than_the_caps(hand_in, why, memory):
    content = zipped(("000.py", bytes(1 << 20)))
    place = content.index(b"PK\x01\x02")
    entry = bytes(content[place : content.index(b"PK\x05\x06")])
    entries = b"".join(entry.replace(b"000", b"%03d" % number) for number in range(300))
    with memory() as peak:
        read = hand_in("zip", with_directory(content, entries, len(entries)))
    assert read.files == {}
    assert "damaged" in why(read)
    assert peak() < 8 << 20


def test_a_directory_of_any_size_is_not_read(hand_in, why, memory):
    entries = b"PK\x01\x02".ljust(46, b"\0") * 200_000
    content = with_directory(zipped(("a.py", b"x")), entries, len(entries))
    with memory() as peak:
        read = hand_in("zip", content)
    assert "more than 8 MiB" in why(read)
    assert peak() < 1 << 20
    claimed = with_directory(zipped(("a.py", b"x")), b"", 0xFFFFFFF0)
    assert "damaged" in why(hand_in("zip", claimed)) or "8 MiB" in why(hand_in("zip", claimed))


def test_a_zip_of_zips_is_not_opened(hand_in, why):
    inner = bytes(zipped(("optim.py", b"x")))
    assert "in another archive inside it" in why(hand_in("zip", bytes(zipped(("w.zip", inner)))))


def test_what_lies_before_and_behind_an_archive(hand_in):
    content = bytes(zipped(("a.py", b"x")))
    assert hand_in("zip", b"#!/bin/sh\n" + content).files == {"a.py": b"x"}


def test_a_directory_that_names_a_file_twice(hand_in, why):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        content = zipped(("a.py", b"x"), ("a.py", b"x"))
    assert "twice" in why(hand_in("zip", bytes(content)))
