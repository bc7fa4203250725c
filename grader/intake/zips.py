"""A zip: its directory is zipfile's to read, its members are read here, a chunk at a time."""

from __future__ import annotations

import bz2
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Any, BinaryIO, cast

from grader.intake.names import Refused, Taken, shown
from grader.intake.streams import Damaged, Decompressor, Deflate, Unpacked

MAX_DIRECTORY = 8 << 20  # bytes; one of 60,000 pictures takes 6 MB
END_RECORD = 1 << 17  # bytes; more than the directory's end can have, with its comment
ENCRYPTED = 0x1
UTF8 = 0x800
LOCAL_HEADER = struct.Struct("<4s2xH18xHH")  # signature, flags, lengths of name and of extra

DECOMPRESSORS: dict[int, Callable[[], Decompressor]] = {
    zipfile.ZIP_DEFLATED: lambda: Deflate(-zlib.MAX_WBITS),
    zipfile.ZIP_BZIP2: bz2.BZ2Decompressor,
}


class _Bounded:
    """The file as zipfile sees it: the directory is read in one piece, however large it claims."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, count: int = -1) -> bytes:
        if count > MAX_DIRECTORY:
            raise Refused("refused_directory", mib=MAX_DIRECTORY >> 20)
        return self._file.read(count if count >= 0 else END_RECORD)


def read_zip(file: BinaryIO, suffix: str) -> dict[str, bytes]:
    """The files of that kind; Damaged or Refused for an archive that cannot be taken."""
    taken = Taken(suffix)
    try:
        members = zipfile.ZipFile(cast(IO[bytes], _Bounded(file))).infolist()
    except UnicodeDecodeError as error:
        raise Refused("refused_name", name=shown(str(error.object)[2:-1])) from error
    except Refused:
        raise
    except Exception as error:  # whatever zipfile meets in a forged directory
        raise Damaged from error
    for member in members:
        name = taken.name_of(member.orig_filename)
        if not name or member.is_dir():
            continue
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind == stat.S_IFLNK:
            raise Refused("refused_link", name=shown(name))
        if kind not in (0, stat.S_IFREG):
            raise Refused("refused_special", name=shown(name))
        if member.flag_bits & ENCRYPTED:
            raise Refused("refused_encrypted", name=shown(name))
        taken.take(name, member.file_size, _Member(file, member, name).read)
    return taken.without_outer_folder()


class _Member:
    """The content of one member, checked against its size and checksum."""

    def __init__(self, file: BinaryIO, member: zipfile.ZipInfo, name: str) -> None:
        self.file, self.member, self.name = file, member, name

    def read(self, count: int) -> bytes:
        """The content if it has fewer than `count` bytes, else that many of it."""
        try:
            self._find()
        except (ValueError, OSError, UnicodeDecodeError, struct.error) as error:
            raise Damaged from error
        size = self.member.compress_size
        if self.member.compress_type == zipfile.ZIP_STORED:
            content = self.file.read(min(size, count))
        else:
            make = self._decompressor()
            content = Unpacked(self.file, make, packed=size, unpacked=count + (1 << 16)).read(count)
        if len(content) < count and (
            len(content) != self.member.file_size or zlib.crc32(content) != self.member.CRC
        ):
            raise Damaged
        return content

    def _find(self) -> None:
        """Go to the first byte of the content."""
        self.file.seek(self.member.header_offset)
        signature, flags, name_size, extra_size = LOCAL_HEADER.unpack(
            self.file.read(LOCAL_HEADER.size)
        )
        name = self.file.read(name_size).decode("utf-8" if flags & UTF8 else "cp437")
        # Other tools go by this name: what they show must be what is graded.
        if signature != b"PK\x03\x04" or name != self.member.orig_filename:
            raise Damaged
        self.file.seek(extra_size, 1)

    def _decompressor(self) -> Callable[[], Decompressor]:
        if self.member.compress_type == zipfile.ZIP_LZMA:
            return self._lzma()
        if self.member.compress_type not in DECOMPRESSORS:
            raise Refused("refused_method", name=shown(self.name))
        return DECOMPRESSORS[self.member.compress_type]

    def _lzma(self) -> Callable[[], Decompressor]:
        head = self.file.read(4)
        properties = self.file.read(int.from_bytes(head[2:], "little") if len(head) == 4 else 0)
        if len(properties) != 5 or properties[0] >= 9 * 5 * 5:
            raise Damaged
        self.member.compress_size -= 9
        rest, lc = divmod(properties[0], 9)
        pb, lp = divmod(rest, 5)
        # Memory is taken for the dictionary at once; a file of a MiB needs no more.
        dictionary = min(int.from_bytes(properties[1:], "little"), 8 << 20)
        filters: list[dict[str, Any]] = [
            {"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": lc, "lp": lp, "pb": pb}
        ]

        def make() -> Decompressor:
            try:
                return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
            except (lzma.LZMAError, ValueError) as error:
                raise Damaged from error

        return make
