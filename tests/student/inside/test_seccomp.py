"""The filter of system calls: its numbers are the kernel's, and it decides as it should."""

import ctypes
import errno
import itertools
import os
import re
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.student.inside import seccomp

MACHINES = list(seccomp.MACHINES)
MASK = 0xFFFFFFFF
ALLOWED, DENIED, ABSENT, KILLED = "allowed", "EPERM", "ENOSYS", "killed"
VERDICTS = {
    seccomp.ALLOW: ALLOWED,
    seccomp.ERRNO | errno.EPERM: DENIED,
    seccomp.ERRNO | errno.ENOSYS: ABSENT,
    seccomp.KILL_PROCESS: KILLED,
}

# What nobody needs for computing: their numbers on x86-64 and on aarch64, from the kernel's tables.
DANGEROUS = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendmsg": (46, 211),
    "socketpair": (53, 199),
    "clone": (56, 220),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "prctl": (157, 167),
    "arch_prctl": (158, None),
    "seccomp": (317, 277),
    "setrlimit": (160, 164),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    "setuid": (105, 146),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "creat": (85, None),
    "openat2": (437, 437),
    "open_by_handle_at": (304, 265),
    "truncate": (76, 45),
    "ftruncate": (77, 46),
    "fallocate": (285, 47),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "chown": (92, None),
    "fchownat": (260, 54),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat2": (316, 276),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "symlinkat": (266, 36),
    "linkat": (265, 37),
    "mknodat": (259, 33),
    "setxattr": (188, 5),
    "utimensat": (280, 88),
    "memfd_create": (319, 279),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "keyctl": (250, 219),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "inotify_add_watch": (254, 27),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "reboot": (169, 142),
    "init_module": (175, 105),
    "kexec_load": (246, 104),
    "timer_create": (222, 107),
    "vmsplice": (278, 75),
    "landlock_restrict_self": (446, 446),
}

TABLE = {
    **seccomp.ALLOWED,
    "open": seccomp.OPEN,
    "openat": seccomp.OPENAT,
    "fcntl": seccomp.FCNTL,
    "ioctl": seccomp.IOCTL,
    "prlimit64": seccomp.PRLIMIT64,
    "clone3": seccomp.CLONE3,
}


def decide(machine, number, *arguments, architecture=None):
    """What the filter for a machine says of a system call, by interpreting its program."""
    program = seccomp.filter_program(machine)
    instructions = list(struct.iter_unpack("<HBBI", program))
    known = seccomp.MACHINES[machine][1]
    record = struct.pack(
        "<IIQ6Q", number, architecture or known, 0, *(*arguments, 0, 0, 0, 0, 0, 0)[:6]
    )
    at = loaded = 0
    while True:
        code, if_true, if_false, value = instructions[at]
        at += 1
        if code == 0x06:  # return the value
            return VERDICTS[value]
        if code == 0x20:  # load 32 bits of the record
            (loaded,) = struct.unpack_from("<I", record, value)
            continue
        holds = {
            0x15: loaded == value,
            0x35: loaded >= value,
            0x45: loaded & value != 0,
        }[code]
        at += if_true if holds else if_false


def numbers(machine):
    return {name: found[MACHINES.index(machine)] for name, found in {**DANGEROUS, **TABLE}.items()}


def number_of(name, machine):
    return numbers(machine)[name]


def each(names):
    """Every machine with every one of the calls that it has."""
    pairs = itertools.product(MACHINES, names)
    there = [(machine, name) for machine, name in pairs if number_of(name, machine) is not None]
    return pytest.mark.parametrize(("machine", "name"), there)


on_each_machine = pytest.mark.parametrize("machine", MACHINES)


# The numbers are the kernel's.

HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}


def defined_in(header):
    """Every system call of a header with its number; of two forms that of 64 bits."""
    text = Path(header).read_text()
    found = {}
    for prefix, name, value in re.findall(
        r"^#define __NR(3264_|_)(\w+)\s+(__NR3264_\w+|\d+)", text, re.MULTILINE
    ):
        found[prefix.removeprefix("_") + name] = value
    resolved = {name: found.get(value.removeprefix("__NR"), value) for name, value in found.items()}
    return {name: int(value) for name, value in resolved.items() if value.isdigit()}


@on_each_machine
def test_the_numbers_are_those_of_the_kernels_headers(machine):
    if not Path(HEADERS[machine]).exists():
        pytest.skip(f"no {HEADERS[machine]} here")
    defined = defined_in(HEADERS[machine])
    ours = numbers(machine)
    known = {name: defined.get(name) for name in ours if name in defined or ours[name] is None}
    assert known == {name: ours[name] for name in known}
    assert len(known) > 0.9 * len(ours)  # an old header may lack the newest


@on_each_machine
def test_the_numbers_are_those_that_libseccomp_knows(machine):
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        pytest.skip("no libseccomp here")
    architecture = seccomp.MACHINES[machine][1]
    for name, number in numbers(machine).items():
        resolved = library.seccomp_syscall_resolve_name_arch(
            ctypes.c_uint32(architecture), name.encode()
        )
        if resolved == -1:
            continue  # newer than the library
        assert (resolved if resolved >= 0 else None) == number, name


@on_each_machine
def test_no_number_is_listed_twice(machine):
    known = [number for number in numbers(machine).values() if number is not None]
    assert len(set(known)) == len(known)


# What the filter decides.


@each(seccomp.ALLOWED)
def test_what_computing_needs_is_allowed(machine, name):
    assert decide(machine, number_of(name, machine)) == ALLOWED


@each(DANGEROUS)
def test_what_could_do_harm_is_denied(machine, name):
    assert decide(machine, number_of(name, machine)) == DENIED


@on_each_machine
def test_the_newer_form_of_clone_is_absent_so_that_the_older_one_is_tried(machine):
    assert decide(machine, 435) == ABSENT


@on_each_machine
@given(data=st.data())
def test_whatever_is_not_in_the_table_is_denied(machine, data):
    known = {found[MACHINES.index(machine)] for found in TABLE.values()}
    number = data.draw(
        st.one_of(st.integers(0, 600), st.integers(0, MASK)).filter(lambda n: n not in known)
    )
    arguments = data.draw(st.lists(st.integers(0, (1 << 64) - 1), max_size=6))
    assert decide(machine, number, *arguments) == DENIED


def test_the_same_numbers_with_the_bit_of_the_x32_interface_are_denied():
    for number in numbers("x86_64").values():
        assert decide("x86_64", number | 0x40000000) == DENIED


@on_each_machine
@given(number=st.integers(0, MASK), architecture=st.integers(1, MASK))
def test_another_architectures_calls_kill(machine, number, architecture):
    if architecture == seccomp.MACHINES[machine][1]:
        architecture += 1
    assert decide(machine, number, architecture=architecture) == KILLED


def test_a_32_bit_call_on_x86_64_kills():
    assert decide("x86_64", 11, architecture=0x40000003) == KILLED


@each(["open", "openat"])
def test_files_are_opened_for_reading_only(machine, name):
    number = number_of(name, machine)
    before = (0,) * (1 if name == "open" else 2)
    flags = {"O_CLOEXEC": 0o2000000, "O_DIRECTORY": 0o200000, "O_NONBLOCK": 0o4000}
    for harmless in (0, *flags.values(), sum(flags.values())):
        assert decide(machine, number, *before, harmless) == ALLOWED
        for writing in (0o1, 0o2, 0o3, 0o100, 0o1000, 0o2000, 0o20000000 | 0o2):
            assert decide(machine, number, *before, harmless | writing) == DENIED


@on_each_machine
@given(flags=st.integers(0, (1 << 64) - 1))
def test_whatever_is_opened_with_a_flag_for_writing_is_denied(machine, flags):
    writes = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    number = number_of("openat", machine)
    assert decide(machine, number, 0, 0, flags) == (DENIED if writes else ALLOWED)


@on_each_machine
@given(command=st.one_of(st.integers(0, 1100), st.integers(0, MASK)))
def test_of_fcntl_only_what_concerns_ones_own_descriptors(machine, command):
    harmless = {0, 1, 2, 3, 4, 1030}  # DUPFD, GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC
    expected = ALLOWED if command in harmless else DENIED
    assert decide(machine, number_of("fcntl", machine), 3, command) == expected


@on_each_machine
@pytest.mark.parametrize("name", ["F_SETOWN", "F_SETSIG", "F_SETLEASE", "F_NOTIFY"])
def test_the_kernel_cannot_be_asked_to_send_signals(machine, name):
    command = {"F_SETOWN": 8, "F_SETSIG": 10, "F_SETLEASE": 1024, "F_NOTIFY": 1026}[name]
    assert decide(machine, number_of("fcntl", machine), 3, command) == DENIED


@on_each_machine
@given(request=st.one_of(st.integers(0x5400, 0x5480), st.integers(0, MASK)))
def test_of_ioctl_only_the_question_whether_it_is_a_terminal(machine, request):
    expected = ALLOWED if request == 0x5401 else DENIED
    assert decide(machine, number_of("ioctl", machine), 0, request) == expected


@on_each_machine
def test_nothing_can_be_typed_into_the_graders_terminal(machine):
    tiocsti = 0x5412
    assert decide(machine, number_of("ioctl", machine), 0, tiocsti) == DENIED


@on_each_machine
@given(
    process=st.sampled_from([0, 1, 4711, MASK]),
    new_limit=st.sampled_from([0, 1, 1 << 32, 0x7FFF_0000_0000, 0x7FFF_1234_5678]),
)
def test_limits_are_read_and_only_ones_own(machine, process, new_limit):
    expected = ALLOWED if process == new_limit == 0 else DENIED
    number = number_of("prlimit64", machine)
    assert decide(machine, number, process, 7, new_limit, 0x7FFF_0000_1000) == expected


# The program as the kernel sees it.


@on_each_machine
def test_every_path_through_the_program_ends(machine):
    """Jumps only go forward, and none leaves the program."""
    instructions = list(struct.iter_unpack("<HBBI", seccomp.filter_program(machine)))
    assert len(instructions) <= 4096
    for at, (code, if_true, if_false, _) in enumerate(instructions):
        if code not in (seccomp.LOAD, seccomp.RETURN):
            assert at + 1 + max(if_true, if_false) < len(instructions)
    assert instructions[-1][0] == seccomp.RETURN


@pytest.mark.parametrize("machine", ["i686", "armv7l", "riscv64", "s390x", "AMD64", ""])
def test_a_machine_whose_numbers_are_not_known_has_no_filter(machine, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert seccomp.filter_program(machine) is None
    assert seccomp.filter_program() is None


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_is_for_this_machine(machine, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert seccomp.filter_program() == seccomp.filter_program(machine)


def test_a_python_of_32_bits_on_a_machine_of_64_has_no_filter(monkeypatch):
    monkeypatch.setattr(seccomp.struct, "calcsize", lambda form: 4)
    assert seccomp.filter_program("x86_64") is None


class Libc:
    """A kernel that answers as it is told to, and remembers what it was asked."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def prctl(self, *arguments):
        self.asked.append(arguments)
        return self.answer


@pytest.mark.parametrize(("answer", "taken"), [(0, True), (-1, False)])
def test_whether_the_kernel_has_taken_it_is_told(answer, taken):
    libc = Libc(answer)
    assert seccomp.forbid_new_privileges(libc) is taken
    assert seccomp.install(libc, seccomp.filter_program("x86_64")) is taken
    assert [asked[:2] for asked in libc.asked] == [(38, 1), (22, 2)]


def test_the_kernel_is_handed_the_whole_program():
    program = seccomp.filter_program("aarch64")
    handed = []

    class Reading(Libc):
        def prctl(self, option, mode, header, *_):
            length, address = struct.unpack("@HP", header)
            handed.append((length, ctypes.string_at(address, length * 8)))
            return 0

    seccomp.install(Reading(0), program)
    assert handed == [(len(program) // 8, program)]
