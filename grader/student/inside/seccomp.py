"""The system calls that a student process may make: an allow-list, as a classic BPF program.

Computing needs memory, time, reading what is readable, and the pipes that are open already. All
else fails with EPERM, as if the user had no right to it: sockets, processes and threads, signals,
tracing, other processes' limits, writing to files, and whatever the kernel will learn later.

The numbers are the kernel's own (its ABI never changes them); a test holds them against its
headers. libseccomp would resolve them too, but it is another system package to have, and its Python
binding starts processes when it is imported.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from typing import Final

# name: its number on x86-64 and on aarch64 (None: only the *at form exists there)
ALLOWED: Final[dict[str, tuple[int | None, int | None]]] = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "poll": (7, None),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "pread64": (17, 67),
    "pwrite64": (18, 68),
    "readv": (19, 65),
    "writev": (20, 66),
    "access": (21, None),
    "pipe": (22, None),
    "select": (23, None),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "msync": (26, 227),
    "mincore": (27, 232),
    "madvise": (28, 233),
    "dup": (32, 23),
    "dup2": (33, None),
    "nanosleep": (35, 101),
    "getpid": (39, 172),
    "exit": (60, 93),
    "uname": (63, 160),
    "getcwd": (79, 17),
    "readlink": (89, None),
    "gettimeofday": (96, 169),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "sysinfo": (99, 179),
    "times": (100, 153),
    "getuid": (102, 174),
    "getgid": (104, 176),
    "geteuid": (107, 175),
    "getegid": (108, 177),
    "getppid": (110, 173),
    "sigaltstack": (131, 132),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "gettid": (186, 178),
    "time": (201, None),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "getdents64": (217, 61),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "newfstatat": (262, 79),
    "readlinkat": (267, 78),
    "faccessat": (269, 48),
    "pselect6": (270, 72),
    "ppoll": (271, 73),
    "set_robust_list": (273, 99),
    "dup3": (292, 24),
    "pipe2": (293, 59),
    "getcpu": (309, 168),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "statx": (332, 291),
    "rseq": (334, 293),
    "close_range": (436, 436),
    "faccessat2": (439, 439),
}
# Allowed with some arguments only: (numbers, which argument, test, values).
OPEN: Final = (2, None)
OPENAT: Final = (257, 56)
FCNTL: Final = (72, 25)
IOCTL: Final = (16, 29)
PRLIMIT64: Final = (302, 261)
# glibc tries clone3 first and falls back to clone, which is not allowed, only on ENOSYS.
CLONE3: Final = (435, 435)

# O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND: the same on both machines.
WRITING: Final = 0o1 | 0o2 | 0o100 | 0o1000 | 0o2000
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC. F_SETOWN and F_SETSIG, not among
# them, make the kernel send any signal to any process of the same user.
FCNTL_COMMANDS: Final = (0, 1, 2, 3, 4, 1030)
TCGETS: Final = 0x5401  # Python asks it of every file that it opens

MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
X32_BIT: Final = 0x40000000

KILL_PROCESS: Final = 0x80000000
ERRNO: Final = 0x00050000
ALLOW: Final = 0x7FFF0000
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in the kernel's struct seccomp_data

PR_SET_SECCOMP: Final = 22
PR_SET_NO_NEW_PRIVS: Final = 38
MODE_FILTER: Final = 2


def filter_program(machine: str | None = None) -> bytes | None:
    """The BPF program for a machine (default: this one); None where its numbers are not known."""
    known = MACHINES.get(machine or platform.machine())
    if known is None or struct.calcsize("P") != 8:
        return None
    column, architecture = known
    deny = (RETURN, 0, 0, ERRNO | errno.EPERM)
    code = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL_PROCESS),
        (LOAD, 0, 0, NUMBER),
        (AT_LEAST, 0, 1, X32_BIT),
        deny,
    ]
    for numbers in ALLOWED.values():
        number = numbers[column]
        if number is not None:
            code += [(EQUAL, 0, 1, number), (RETURN, 0, 0, ALLOW)]
    code += [(EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, ERRNO | errno.ENOSYS)]
    code += _where(OPEN[column], 1, ANY_BIT, (WRITING,), allowed=False)
    code += _where(OPENAT[column], 2, ANY_BIT, (WRITING,), allowed=False)
    code += _where(FCNTL[column], 1, EQUAL, FCNTL_COMMANDS)
    code += _where(IOCTL[column], 1, EQUAL, (TCGETS,))
    code += _reads_own_limits(PRLIMIT64[column])
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in (*code, deny))


Instruction = tuple[int, int, int, int]


def _where(
    number: int | None, argument: int, test: int, values: tuple[int, ...], *, allowed: bool = True
) -> list[Instruction]:
    """Decide a call by the low half of an argument: whether it passes the test for a value."""
    if number is None:
        return []
    passes, fails = (ALLOW, ERRNO | errno.EPERM)[:: 1 if allowed else -1]
    body: list[Instruction] = [(LOAD, 0, 0, ARGUMENTS + 8 * argument)]
    for value in values:
        body += [(test, 0, 1, value), (RETURN, 0, 0, passes)]
    body.append((RETURN, 0, 0, fails))
    return [(EQUAL, 0, len(body), number), *body]


def _reads_own_limits(number: int) -> list[Instruction]:
    """prlimit64 with process 0 and no new limit."""
    body: list[Instruction] = []
    for half in (ARGUMENTS, ARGUMENTS + 16, ARGUMENTS + 20):
        body += [(LOAD, 0, 0, half), (EQUAL, 1, 0, 0), (RETURN, 0, 0, ERRNO | errno.EPERM)]
    body.append((RETURN, 0, 0, ALLOW))
    return [(EQUAL, 0, len(body), number), *body]


def forbid_new_privileges(libc: ctypes.CDLL) -> bool:
    """Give up gaining rights by exec; the kernel asks for it before any restriction of oneself."""
    return bool(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def install(libc: ctypes.CDLL, program: bytes) -> bool:
    """Restrict this process for good; whether the kernel has taken the filter."""
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    return bool(libc.prctl(PR_SET_SECCOMP, MODE_FILTER, header, 0, 0) == 0)
