"""A tar, plain or compressed: read from the front, header by header.

tarfile would read an extended header of any size into memory; here every step has its cap.
Formats: v7, ustar, GNU (long names) and pax (POSIX.1-2001).
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Protocol

from grader.intake.names import Refused, Taken, shown
from grader.intake.streams import COMPRESSIONS, Damaged, Unpacked

BLOCK = 512
MAX_EXTENDED = 64 << 10  # bytes of names and attributes before one member
REGULAR = b"\x00" + b"07"
LINKS = b"12"
SPARSE = b"S"
WITHOUT_DATA = b"123456"
_RECORD = re.compile(rb"([0-9]{1,8}) ([^=]+)=")
_OCTAL = re.compile(rb"[ \0]*([0-7]*)[ \0]*\Z")


class Source(Protocol):
    """Where a tar is read from."""

    def read(self, count: int, /) -> bytes: ...
    def skip(self, count: int, /) -> None: ...


class _Plain:
    """A tar that is not compressed: what is not wanted is passed over without reading it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = os.fstat(file.fileno()).st_size
        file.seek(0)

    def read(self, count: int, /) -> bytes:
        data = self._file.read(count)
        self._left -= len(data)
        return data

    def skip(self, count: int, /) -> None:
        if count > self._left:
            raise Damaged
        self._left -= count
        self._file.seek(count, os.SEEK_CUR)


@dataclass
class _Member:
    name: str
    kind: bytes
    size: int  # bytes of data that follow


def read_tar(file: BinaryIO, suffix: str) -> dict[str, bytes]:
    """The files of that kind; Damaged or Refused for an archive that cannot be taken."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    makers = [make for magic, make in COMPRESSIONS.items() if head.startswith(magic)]
    source: Source = Unpacked(file, makers[0], several=True) if makers else _Plain(file)
    taken = Taken(suffix)
    for member in _members(source, taken):
        name = taken.name_of(member.name)
        if not name or member.kind == b"5":
            source.skip(member.size)
            continue
        if member.kind in LINKS:
            raise Refused("refused_link", name=shown(name))
        if member.kind not in REGULAR:
            raise Refused("refused_special", name=shown(name))
        # A larger file than is taken is refused by its size, before anything is read.
        taken.take(name, member.size, partial(_read, source, member.size))
        if len(taken.files[name]) != member.size:
            raise Damaged
    return taken.without_outer_folder()


def _read(source: Source, size: int, count: int) -> bytes:
    return source.read(min(size, count))


def looks_like_tar(head: bytes) -> bool:
    """Whether the first block of a file is that of a plain tar: a header, or the end's zeros."""
    return len(head) == BLOCK and (_checksum_fits(head) or not any(head))


def _members(source: Source, taken: Taken) -> Iterator[_Member]:
    """The members in order; whoever takes one has to read or skip its data."""
    extended: dict[bytes, bytes] = {}
    while header := source.read(BLOCK):
        if len(header) < BLOCK:
            raise Damaged
        if header == bytes(BLOCK):
            return
        if not _checksum_fits(header):
            raise Damaged
        taken.count()
        kind, size = header[156:157], _number(header[124:136])
        if kind in b"xXLK" or kind == b"g":
            content = _extended(source, size)
            if kind in b"xX":
                extended |= _records(content)
            elif kind == b"L":
                extended[b"path"] = content.rstrip(b"\0")
            continue
        name = extended.get(b"path") or _name(header)
        if any(key.startswith(b"GNU.sparse.") for key in extended):
            name, kind = extended.get(b"GNU.sparse.name", name), SPARSE
        if b"size" in extended:
            size = _digits(extended[b"size"])
        if kind == SPARSE:
            _skip_sparse_map(source, header)
        # Anything else, known or not, has as much data as it says.
        size = 0 if kind in WITHOUT_DATA else size
        extended = {}
        yield _Member(name.decode("utf-8", "surrogateescape"), kind, size)
        padding = -size % BLOCK
        if len(source.read(padding)) < padding:
            raise Damaged


def _checksum_fits(header: bytes) -> bool:
    try:
        told = _number(header[148:156])
    except Damaged:
        return False
    return told == sum(header[:148]) + 8 * ord(" ") + sum(header[156:])


def _number(field: bytes) -> int:
    if field[0] == 0x80:  # GNU's form for what octal digits cannot hold
        return int.from_bytes(field[1:], "big")
    if not (match := _OCTAL.match(field)):
        raise Damaged
    return int(match[1] or b"0", 8)


def _digits(value: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,20}", value):
        raise Damaged
    return int(value)


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _extended(source: Source, size: int) -> bytes:
    if size > MAX_EXTENDED:
        raise Damaged
    padded = size + -size % BLOCK
    content = source.read(padded)
    if len(content) < padded:
        raise Damaged
    return content[:size]


def _records(content: bytes) -> dict[bytes, bytes]:
    """The records of a pax header: `length key=value` and a line end, length counting all of it."""
    records = {}
    place = 0
    while place < len(content):
        match = _RECORD.match(content, place)
        end = place + int(match[1]) if match else 0
        if not match or not match.end() < end <= len(content) or content[end - 1 : end] != b"\n":
            raise Damaged
        records[match[2]] = content[match.end() : end - 1]
        place = end
    return records


def _skip_sparse_map(source: Source, header: bytes) -> None:
    more = header[482]
    while more:
        block = source.read(BLOCK)
        if len(block) < BLOCK:
            raise Damaged
        more = block[504]
