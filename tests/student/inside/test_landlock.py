"""Landlock: what this library asks of each kernel, and, where there is one, what comes of it."""

import ctypes
import os
import socket
import struct
import sys

import pytest

from grader.student.inside import landlock, seccomp

RULESET = 77


class Kernel:
    """A libc whose kernel has a version of Landlock, and remembers what it is asked."""

    def __init__(self, version):
        self.version = version
        self.asked = []

    def syscall(self, number, *arguments):
        self.asked.append((number, *arguments))
        if not self.version:
            return -1
        if number == 444:
            return self.version if arguments[2] == 1 else RULESET
        return 0

    def calls(self, number):
        return [asked[1:] for asked in self.asked if asked[0] == number]


@pytest.mark.parametrize("version", range(9))
def test_the_kernels_version_is_found_out(version):
    assert landlock.version(Kernel(version)) == version


def test_a_kernel_without_it_gets_no_rules():
    kernel = Kernel(0)
    assert landlock.make_ruleset(kernel, ["/"], ["/"]) is None
    assert kernel.calls(445) == []


# Version: how many rights on files it knows, and the size of its struct.
VERSIONS = {1: (13, 8), 2: (14, 8), 3: (15, 8), 4: (15, 16), 5: (16, 16), 6: (16, 24), 9: (16, 24)}


@pytest.mark.parametrize("version", VERSIONS)
def test_each_version_is_asked_for_all_that_it_knows_and_no_more(version):
    kernel = Kernel(version)
    assert landlock.make_ruleset(kernel, [], []) == RULESET
    attributes, size, flags = kernel.calls(444)[-1]
    rights, expected = VERSIONS[version]
    assert (len(attributes), size, flags) == (expected, expected, 0)
    handled, *others = struct.unpack(f"={size // 8}Q", attributes)
    assert handled == (1 << rights) - 1
    assert others == [0b11] * (size // 8 - 1)  # TCP; signals and abstract sockets


def test_a_kernel_that_refuses_the_ruleset_counts_as_one_without(monkeypatch):
    class Refusing(Kernel):
        def syscall(self, number, *arguments):
            return 4 if arguments[-1] == 1 else -1

    assert landlock.make_ruleset(Refusing(4), ["/"], []) is None


def test_files_can_be_read_and_listings_only_listed(tmp_path):
    (tmp_path / "file").write_text("")
    kernel = Kernel(7)
    landlock.make_ruleset(kernel, [str(tmp_path / "file"), str(tmp_path)], [str(tmp_path)])
    rules = kernel.calls(445)
    assert [(ruleset, kind, flags) for ruleset, kind, _, flags in rules] == [(RULESET, 1, 0)] * 3
    read_file, read_dir = 1 << 2, 1 << 3
    rights = [struct.unpack("=Qi", rule)[0] for _, _, rule, _ in rules]
    assert rights == [read_file, read_file | read_dir, read_dir]


def test_what_is_not_there_is_left_out(tmp_path):
    kernel = Kernel(7)
    missing = str(tmp_path / "missing")
    assert landlock.make_ruleset(kernel, [missing], [missing]) == RULESET
    assert kernel.calls(445) == []


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc")
def test_no_descriptor_stays_open(tmp_path):
    before = os.listdir("/proc/self/fd")
    landlock.make_ruleset(Kernel(7), [str(tmp_path)] * 20, [str(tmp_path)] * 20)
    assert os.listdir("/proc/self/fd") == before


@pytest.mark.parametrize(("answer", "entered"), [(0, True), (-1, False)])
def test_whether_the_kernel_has_restricted_the_process_is_told(answer, entered):
    kernel = Kernel(7)
    kernel.syscall = lambda *asked: answer
    assert landlock.enter(kernel, RULESET) is entered


# A real kernel.


def _version_here():
    return landlock.version(ctypes.CDLL(None)) if sys.platform.startswith("linux") else 0


needs_landlock = pytest.mark.skipif(_version_here() == 0, reason="this kernel has no Landlock")


def restricted(files, listings, attempt):
    """What a process restricted to these files says of an attempt: "done" or the error's name."""
    libc = ctypes.CDLL(None)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            ruleset = landlock.make_ruleset(libc, [str(path) for path in files], listings)
            assert seccomp.forbid_new_privileges(libc)
            assert landlock.enter(libc, ruleset)
            attempt()
            answer = "done"
        except BaseException as error:
            answer = type(error).__name__
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as file:
        answer = file.read()
    os.waitpid(child, 0)
    return answer


@pytest.fixture
def tree(tmp_path):
    """A folder that is open, and one beside it that is not."""
    for name in ("open", "closed"):
        (tmp_path / name / "deep").mkdir(parents=True)
        (tmp_path / name / "deep" / "file").write_text("content")
    (tmp_path / "open" / "way_out").symlink_to(tmp_path / "closed" / "deep" / "file")
    return tmp_path


@needs_landlock
@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (lambda tree: (tree / "open" / "deep" / "file").read_text(), "done"),
        (lambda tree: os.listdir(tree / "open" / "deep"), "done"),
        (lambda tree: (tree / "closed" / "deep" / "file").read_text(), "PermissionError"),
        (lambda tree: (tree / "open" / "way_out").read_text(), "PermissionError"),
        (lambda tree: (tree / "open/../closed/deep/file").read_text(), "PermissionError"),
        (lambda tree: os.listdir(tree / "closed"), "PermissionError"),
        (lambda tree: os.listdir(tree), "PermissionError"),
        (lambda tree: (tree / "open" / "deep" / "file").write_text("mine"), "PermissionError"),
        (lambda tree: (tree / "open" / "new").touch(), "PermissionError"),
        (lambda tree: (tree / "open" / "new").mkdir(), "PermissionError"),
        (lambda tree: (tree / "open" / "deep" / "file").unlink(), "PermissionError"),
        (lambda tree: (tree / "open" / "new").symlink_to("/"), "PermissionError"),
        (lambda tree: os.mkfifo(tree / "open" / "new"), "PermissionError"),
        (lambda tree: os.link(tree / "open/deep/file", tree / "open/new"), "PermissionError"),
    ],
    ids=[
        "read",
        "list",
        "read beside",
        "through a link",
        "through ..",
        "list beside",
        "list above",
        "write",
        "make a file",
        "make a folder",
        "remove",
        "make a link",
        "make a pipe",
        "make a hard link",
    ],
)
def test_a_restricted_process_reads_what_it_may_and_nothing_else(tree, attempt, expected):
    assert restricted([tree / "open"], [], lambda: attempt(tree)) == expected
    assert (tree / "open" / "deep" / "file").read_text() == "content"
    assert not (tree / "open" / "new").exists()


@pytest.mark.skipif(_version_here() < 3, reason="this kernel's Landlock knows no truncation")
def test_a_file_that_can_be_read_cannot_be_emptied(tree):
    file = tree / "open" / "deep" / "file"
    assert restricted([tree / "open"], [], lambda: os.truncate(file, 0)) == "PermissionError"
    assert file.read_text() == "content"


@needs_landlock
def test_a_listing_shows_names_and_no_content(tree):
    closed = tree / "closed"
    assert restricted([], [str(closed)], lambda: os.listdir(closed / "deep")) == "done"
    read = restricted([], [str(closed)], lambda: (closed / "deep" / "file").read_text())
    assert read == "PermissionError"


@needs_landlock
def test_a_single_file_can_be_opened_up(tree):
    file = tree / "closed" / "deep" / "file"
    assert restricted([file], [], file.read_text) == "done"
    assert restricted([file], [], lambda: os.listdir(file.parent)) == "PermissionError"


@needs_landlock
def test_programs_cannot_be_started():
    echo = "/bin/echo"
    assert restricted(["/"], [], lambda: os.execv(echo, [echo])) == "PermissionError"


@pytest.mark.skipif(_version_here() < 4, reason="this kernel's Landlock knows no TCP")
def test_tcp_is_closed():
    listening = socket.create_server(("127.0.0.1", 0))
    with listening:
        attempt = restricted([], [], lambda: socket.create_connection(listening.getsockname()))
    assert attempt == "PermissionError"
    assert restricted([], [], lambda: socket.create_server(("127.0.0.1", 0))) == "PermissionError"


@pytest.mark.skipif(_version_here() < 6, reason="this kernel's Landlock knows no signals")
def test_signals_reach_nobody_outside():
    assert restricted([], [], lambda: os.kill(os.getppid(), 0)) == "PermissionError"
    assert restricted([], [], lambda: os.kill(os.getpid(), 0)) == "done"


@needs_landlock
def test_one_ruleset_serves_many_processes(tree):
    libc = ctypes.CDLL(None)
    ruleset = landlock.make_ruleset(libc, [str(tree / "open")], [])
    try:
        for _ in range(2):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    seccomp.forbid_new_privileges(libc)
                    landlock.enter(libc, ruleset)
                    (tree / "open" / "deep" / "file").read_text()
                    code = 2
                    os.listdir(tree)
                except PermissionError:
                    code = 0 if code == 2 else 3
                finally:
                    os._exit(code)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        os.close(ruleset)
    assert os.listdir(tree)  # we ourselves are free
