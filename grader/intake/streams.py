"""Decompression that gives no more than was asked for, and stops at a cap."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

from grader.intake.names import Refused

CHUNK = 1 << 16
MAX_UNPACKED = 256 << 20  # of a compressed tar, which can only be read from the front
MAX_STREAMS = 1000  # one after the other in a file, as some tools write them
XZ_MEMORY = 80 << 20  # what `xz -9` needs to unpack


class Damaged(Exception):
    """The data ends too early or is not what it claims to be."""


class Decompressor(Protocol):
    """What bz2's and lzma's have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class Deflate:
    """zlib's decompressor with the interface of the others; `bits` as zlib has them."""

    def __init__(self, bits: int) -> None:
        self._zlib = zlib.decompressobj(bits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        unpacked = self._zlib.decompress(self._zlib.unconsumed_tail + data, max(max_length, 0))
        self.needs_input = not self._zlib.unconsumed_tail and len(unpacked) != max_length
        return unpacked


def gzip_decompressor() -> Decompressor:
    return Deflate(31)


def xz_decompressor() -> Decompressor:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)


COMPRESSIONS: dict[bytes, Callable[[], Decompressor]] = {
    b"\x1f\x8b": gzip_decompressor,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": xz_decompressor,
}


class Unpacked:
    """The content of a compressed file, read from the front.

    packed: bytes of the file that belong to it
    several: whether more compressed streams may follow the first
    """

    def __init__(
        self,
        file: BinaryIO,
        make: Callable[[], Decompressor],
        *,
        packed: int = 2 * MAX_UNPACKED,
        unpacked: int = MAX_UNPACKED,
        several: bool = False,
    ) -> None:
        self._file = file
        self._make = make
        self._decompressor = make()
        self._packed = packed
        self._unpacked = unpacked
        self._streams = MAX_STREAMS if several else 1
        self._buffer = b""
        self._pending = b""  # input that the last stream did not need
        self._ended = False

    def read(self, count: int) -> bytes:
        """The next `count` bytes, or what is left."""
        parts = []
        while count > 0 and (self._buffer or self._fill()):
            part, self._buffer = self._buffer[:count], self._buffer[count:]
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def skip(self, count: int) -> None:
        """Go on by `count` bytes; Damaged if there are fewer."""
        while count > 0:
            if not (got := len(self.read(min(count, CHUNK)))):
                raise Damaged
            count -= got

    def _fill(self) -> bool:
        while not self._ended:
            decompressor = self._decompressor
            data = self._input() if decompressor.needs_input else b""
            if decompressor.needs_input and not data:
                raise Damaged
            try:
                self._buffer = decompressor.decompress(data, CHUNK)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                raise Damaged from error
            self._unpacked -= len(self._buffer)
            if self._unpacked < 0:
                raise Refused("refused_unpacked", mib=MAX_UNPACKED >> 20)
            if decompressor.eof:
                self._next_stream(decompressor.unused_data)
            if self._buffer:
                return True
        return False

    def _input(self) -> bytes:
        if self._pending:
            pending, self._pending = self._pending, b""
            return pending
        data = self._file.read(min(CHUNK, self._packed))
        self._packed -= len(data)
        return data

    def _next_stream(self, rest: bytes) -> None:
        self._streams -= 1
        if self._streams > 0 and len(rest) < max(map(len, COMPRESSIONS)):
            rest += self._input()
        if self._streams <= 0 or not rest.startswith(
            tuple(COMPRESSIONS)
        ):  # zeros that fill a block, or nothing
            self._ended = True
            return
        self._decompressor = self._make()
        self._pending = rest
