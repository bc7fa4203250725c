"""Landlock: what a process may read, and that it may write nothing; for good.

A ruleset is made once and entered by as many processes as one likes. Three system calls, without a
library: their numbers are the same on every machine, and the student process has no other package
than numpy to load a binding from.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from typing import Final

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG: Final = 1
PATH_BENEATH: Final = 1

READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
WRITE_FILE: Final = 1 << 1
# How many of the rights on files each version of the interface knows.
FILE_RIGHTS: Final = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
TCP_RIGHTS: Final = 0b11  # bind and connect, from version 4 on
SCOPES: Final = 0b11  # abstract sockets and signals to the outside, from version 6 on


def version(libc: ctypes.CDLL) -> int:
    """The kernel's version of the interface; 0 where there is none."""
    return max(int(libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG)), 0)


def make_ruleset(libc: ctypes.CDLL, files: Iterable[str], listings: Iterable[str]) -> int | None:
    """A file descriptor of the rules: `files` and all below them can be read, `listings` listed.

    None where the kernel has no Landlock. Paths that are not there are left out.
    """
    known = version(libc)
    if not known:
        return None
    handled = (1 << FILE_RIGHTS[min(known, max(FILE_RIGHTS))]) - 1
    # Older kernels take the same struct only without the fields that they do not know.
    fields = [handled, *([TCP_RIGHTS] if known >= 4 else []), *([SCOPES] if known >= 6 else [])]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = int(libc.syscall(CREATE_RULESET, attributes, len(attributes), 0))
    if ruleset < 0:
        return None
    for path in files:
        rights = READ_FILE | READ_DIR if os.path.isdir(path) else READ_FILE
        _allow(libc, ruleset, path, rights)
    for path in listings:
        _allow(libc, ruleset, path, READ_DIR)
    return ruleset


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = struct.pack("=Qi", rights, folder)
        libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0)
    finally:
        os.close(folder)


def enter(libc: ctypes.CDLL, ruleset: int) -> bool:
    """Restrict this process to the rules; whether the kernel has done so."""
    return bool(libc.syscall(RESTRICT_SELF, ruleset, 0) == 0)
