"""What each layer stops, alone: student functions try it, and say how far they came."""

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.student.calls import Call
from grader.student.hosts import Enclosure, open_host
from grader.student.inside import confinement, landlock, seccomp
from grader.student.inside.confinement import (
    LAYERS,
    UNUSED_UIDS,
    Allowance,
    Confinement,
    lacking_layers,
)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
pytestmark = linux
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root only")
VERSION = landlock.version(ctypes.CDLL(None)) if sys.platform.startswith("linux") else 0
PLENTY = Allowance(memory_bytes=8 << 30, cpu_seconds=600)

DONE, DENIED = "done", "PermissionError"


@pytest.fixture(scope="module")
def hosts_by_layers(project):
    """Hosts that are open already, by the layers left out."""
    opened = {}
    yield opened
    for host in opened.values():
        host.close()


@pytest.fixture
def attempt(start, project, hosts_by_layers):
    """Has student code try something under some layers: "done" or the exception's name.

    `attempt({"seccomp"}, "os.kill(*given)", pid, 0)`: `given` is what follows.
    """

    def run(layers, statement, *given):
        without = frozenset(LAYERS) - layers
        if without not in hosts_by_layers:
            hosts_by_layers[without] = open_host(Enclosure(project.assignment, without=without))
        host = hosts_by_layers[without]
        missing = layers - set(host.layers)
        if missing:
            pytest.skip(f"this machine has no {', '.join(sorted(missing))}")
        source = f"""
import ctypes, os, resource, shutil, signal, socket, threading
def f(*given):
    try:
        {statement}
    except BaseException as error:
        return type(error).__name__
    return "done"
"""
        (returned,) = start(source, host=host).run([Call("work.py", "f", given)])
        return returned.items[0]

    return run


@pytest.fixture
def secret(tmp_path):
    """A file that nobody opened up, in a folder of its own."""
    folder = tmp_path / "solutions"
    folder.mkdir()
    (folder / "answer.py").write_text("42")
    return folder / "answer.py"


@pytest.fixture
def listening():
    """The port of a server on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


# Layer by layer. Without any, everything here works: no attempt fails for another reason.

NOTHING = frozenset({"process"})

FILES = {
    "read": "open(given[0]).read()",
    "list": "os.listdir(os.path.dirname(given[0]))",
    "write": "open(given[0], 'w')",
    "append": "open(given[0], 'a')",
    "make a file": "open(given[0] + '.new', 'x')",
    "make a folder": "os.mkdir(given[0] + '.folder')",
    "make a link": "os.symlink('/', given[0] + '.link')",
    "remove": "os.unlink(given[0])",
    "rename": "os.rename(given[0], given[0] + '.old')",
}
WRITING = [name for name in FILES if name not in ("read", "list")]


@pytest.mark.parametrize("name", FILES)
def test_without_layers_files_are_open(attempt, secret, name):
    assert attempt(NOTHING, FILES[name], str(secret)) == DONE


@pytest.mark.parametrize("name", FILES)
def test_landlock_closes_files(attempt, secret, name):
    assert attempt({"landlock"}, FILES[name], str(secret)) == DENIED
    assert os.listdir(secret.parent) == ["answer.py"]
    assert secret.read_text() == "42"


@pytest.mark.parametrize("name", WRITING)
def test_seccomp_lets_nobody_write(attempt, secret, name):
    assert attempt({"seccomp"}, FILES[name], str(secret)) == DENIED
    assert os.listdir(secret.parent) == ["answer.py"]
    assert secret.read_text() == "42"


@pytest.mark.parametrize(
    "statement",
    [
        "os.chmod(given[0], 0o777)",
        "os.truncate(given[0], 0)",
        "os.utime(given[0])",
        "os.link(given[0], given[0] + '.link')",
        "os.mkfifo(given[0] + '.fifo')",
        "os.rmdir(os.path.dirname(given[0]) + '/empty')",
    ],
)
def test_seccomp_stops_what_changes_files(attempt, secret, statement):
    (secret.parent / "empty").mkdir()
    before = secret.stat()
    assert attempt({"seccomp"}, statement, str(secret)) == DENIED
    assert secret.stat() == before
    assert attempt(NOTHING, statement, str(secret)) == DONE


def test_seccomp_alone_lets_everybody_read(attempt, secret):
    """Which is why it is not all there is."""
    assert attempt({"seccomp"}, FILES["read"], str(secret)) == DONE


@pytest.mark.parametrize(
    "statement", ["socket.create_connection(given)", "socket.create_server(('127.0.0.1', 0))"]
)
def test_tcp_is_stopped_by_either(attempt, listening, statement):
    address = ("127.0.0.1", listening)
    assert attempt(NOTHING, statement, *address) == DONE
    assert attempt({"seccomp"}, statement, *address) == DENIED
    if VERSION >= 4:
        assert attempt({"landlock"}, statement, *address) == DENIED


FREELY = {
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', given)",
    "a pair of sockets": "socket.socketpair()",
    "a local socket": "socket.socket(socket.AF_UNIX)",
    "fork": "os.fork() or os._exit(0)",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "a signal to the parent": "os.kill(os.getppid(), 0)",
    "a signal to itself": "os.kill(os.getpid(), 0)",
    "a signal to its group": "os.killpg(0, 0)",
    "memory as a file": "os.memfd_create('x')",
    "priority": "os.nice(1)",
    "processors": "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "the parent's limits": "resource.prlimit(os.getppid(), resource.RLIMIT_CPU)",
    "its own limits": "resource.prlimit(0, resource.RLIMIT_CORE, (0, 0))",
}


@pytest.mark.parametrize("name", FREELY)
def test_seccomp_stops(attempt, listening, name):
    given = ("127.0.0.1", listening)
    assert attempt(NOTHING, FREELY[name], *given) == DONE
    assert attempt({"seccomp"}, FREELY[name], *given) == DENIED


def test_seccomp_stops_threads(attempt):
    statement = "threading.Thread(target=int).start()"
    assert attempt(NOTHING, statement) == DONE
    assert attempt({"seccomp"}, statement) == "RuntimeError"  # as Python calls it


def test_seccomp_stops_other_programs(attempt):
    statement = "os.execv('/no/such/program', ['x'])"
    assert attempt(NOTHING, statement) == "FileNotFoundError"
    assert attempt({"seccomp"}, statement) == DENIED


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("prctl", "4, 1, 0, 0, 0"),  # PR_SET_DUMPABLE
        ("ptrace", "0, 0, 0, 0"),  # PTRACE_TRACEME
        ("unshare", "0"),
        ("shmget", "0, 1, 0o600"),
        ("personality", "0xffffffff"),
    ],
)
def test_seccomp_stops_system_calls_that_python_does_not_make(attempt, name, arguments):
    call = f"ctypes.CDLL(None, use_errno=True).{name}({arguments})"
    raising = f"if {call} == -1: raise OSError(ctypes.get_errno(), '')"
    assert attempt({"seccomp"}, raising) == DENIED


@pytest.mark.parametrize(
    "statement",
    [
        "os.kill(os.getppid(), 0)",
        "socket.socket(socket.AF_UNIX).connect('\\0' + given[0])",
    ],
)
@pytest.mark.skipif(VERSION < 6, reason="this kernel's Landlock knows no scopes")
def test_landlock_alone_stops_signals_and_sockets_to_the_outside(attempt, statement):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0descent-test-{os.getpid()}")
        server.listen()
        name = server.getsockname()[1:].decode()
        assert attempt({"landlock"}, statement, name) == DENIED
        assert attempt(NOTHING, statement, name) == DONE


RESOURCES = {
    "memory": ("import numpy; numpy.empty(2 << 30, numpy.uint8)", "MemoryError"),
    "a large file": ("open(given[0], 'wb', 0).write(b'x')", "OSError"),
    "many files": ("[os.open('/dev/null', 0) for _ in range(100)]", "OSError"),
}


@pytest.mark.parametrize("name", RESOURCES)
def test_rlimits_bound_what_is_taken(attempt, secret, name):
    statement, refused = RESOURCES[name]
    assert attempt(NOTHING, statement, str(secret)) == DONE
    assert attempt({"rlimits"}, statement, str(secret)) == refused


def test_rlimits_leave_no_core_dumps_and_an_end(attempt):
    limits = {"CORE": "(0, 0)", "FSIZE": "(0, 0)", "CPU": "(602, 602)", "AS": "(1 << 30,) * 2"}
    for name, expected in limits.items():
        statement = f"assert resource.getrlimit(resource.RLIMIT_{name}) == {expected}"
        assert attempt({"rlimits"}, statement) == DONE
        assert attempt(NOTHING, statement) == "AssertionError"


def test_nobody_can_trace_a_student_process_or_read_its_memory(attempt):
    """The processes of two submissions may belong to the same user."""
    assert attempt(NOTHING, "assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0") == DONE


def test_all_layers_together_leave_what_computing_needs(attempt):
    every = frozenset(LAYERS) - {"uid"}
    for statement in (
        "import numpy.testing, statistics, decimal, json.decoder",
        "import numpy as np; np.linalg.inv(np.random.rand(200, 200)) @ np.ones((200, 200))",
        "import time; time.sleep(0.001); time.perf_counter(); time.process_time()",
        "import random; random.SystemRandom().random(); os.urandom(8)",
        "import tracemalloc; tracemalloc.start(); [0] * 1000; tracemalloc.stop()",
        "signal.signal(signal.SIGTERM, signal.SIG_DFL)",
        "os.getpid(), os.getppid(), os.getuid(), os.uname(), os.cpu_count(), os.times()",
        "os.close(os.dup(1)); os.pipe()",
        "resource.getrlimit(resource.RLIMIT_AS); resource.getrusage(resource.RUSAGE_SELF)",
    ):
        assert attempt(every, statement) == DONE, statement


# Another user, where there is no Landlock.


@pytest.fixture
def course():
    """A course's folder that everybody may enter, and its solutions."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    for name in ("solutions", "assignment"):
        (folder / name).mkdir(mode=0o755)
        (folder / name / "code.py").write_text("answer = 42")
        (folder / name / "code.py").chmod(0o644)
    yield folder
    shutil.rmtree(folder)


def layers_of(enclosure):
    host = open_host(enclosure)
    try:
        return host.layers
    finally:
        host.close()


USER = frozenset({"landlock"})


@as_root
def test_another_user_may_not_read_what_permissions_hide(attempt, course):
    read = "open(given[0]).read()"
    solution = course / "solutions" / "code.py"
    assert attempt({"uid"}, read, str(solution)) == DONE
    (course / "solutions").chmod(0o700)
    assert attempt({"uid"}, read, str(solution)) == DENIED
    assert attempt({"uid"}, "open(given[0], 'w')", str(course / "assignment/code.py")) == DENIED
    assert attempt({"uid"}, "open(given[0] + '/new', 'w')", str(course / "assignment")) == DENIED
    assert attempt({"uid"}, "os.kill(os.getppid(), 0)") == DENIED
    assert attempt({"uid"}, "open(f'/proc/{os.getppid()}/mem')") == DENIED
    assert attempt({"uid"}, "os.setuid(0)") == DENIED


@as_root
def test_another_user_is_one_that_nobody_else_is(attempt):
    unused = f"range({UNUSED_UIDS.start}, {UNUSED_UIDS.stop})"
    for statement in (
        f"assert {{*os.getresuid(), *os.getresgid()}} < {{*{unused}}}",
        "assert os.getgroups() == []",
    ):
        assert attempt({"uid"}, statement) == DONE


@as_root
def test_the_user_counts_only_if_it_hides_the_answers(course):
    enclosure = Enclosure(course / "assignment", (course / "solutions" / "code.py",), USER)
    assert "uid" not in layers_of(enclosure)
    (course / "solutions").chmod(0o700)
    assert "uid" in layers_of(enclosure)
    assert lacking_layers(layers_of(enclosure)) == []


@as_root
@pytest.mark.parametrize("permissions", [0o604, 0o644])
def test_one_answer_that_can_be_read_is_enough(course, permissions):
    (course / "solutions").chmod(0o700)
    (course / "recorded.frame").write_bytes(b"")
    (course / "recorded.frame").chmod(permissions)
    answers = (course / "solutions" / "code.py", course / "recorded.frame")
    assert "uid" not in layers_of(Enclosure(course / "assignment", answers, USER))


@as_root
@pytest.mark.skipif(not VERSION, reason="this kernel has no Landlock")
def test_with_landlock_there_is_no_need_of_another_user(course):
    layers = layers_of(Enclosure(course / "assignment", (course / "solutions" / "code.py",)))
    assert "landlock" in layers
    assert "uid" not in layers


# A probe believes nothing but what it has tried.


def probed(confined, hidden=(), allowance=PLENTY):
    """What a process finds that puts this on; it ends thereby."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        answer = []
        try:
            answer = confined.probe(allowance, [str(path) for path in hidden])
        except BaseException as error:
            answer = [repr(error)]
        finally:
            os.write(writing, json.dumps(answer).encode())
            os._exit(0)
    os.close(writing)
    with open(reading) as file:
        found = json.load(file)
    os.waitpid(child, 0)
    return found


@pytest.mark.skipif(not VERSION, reason="this kernel has no Landlock")
def test_rules_that_include_an_answer_do_not_count(course):
    answer = course / "assignment" / "code.py"
    assert "landlock" not in layers_of(Enclosure(course / "assignment", (answer,)))
    assert "landlock" in layers_of(Enclosure(course / "assignment", ()))
    assert "landlock" in layers_of(
        Enclosure(course / "assignment", (course / "solutions" / "code.py",))
    )


def test_a_kernel_that_only_says_that_it_restricts_files_is_not_believed(monkeypatch):
    monkeypatch.setattr(landlock, "make_ruleset", lambda *_: os.open(os.devnull, os.O_RDONLY))
    monkeypatch.setattr(landlock, "enter", lambda *_: True)
    assert "landlock" not in probed(Confinement(without={"uid", "seccomp"}))


def test_a_kernel_that_only_says_that_it_filters_calls_is_not_believed(monkeypatch):
    monkeypatch.setattr(seccomp, "install", lambda *_: True)
    assert "seccomp" not in probed(Confinement())


def test_a_kernel_that_refuses_the_filter_is_not_claimed_to_have_it(monkeypatch):
    monkeypatch.setattr(seccomp, "filter_program", lambda: b"\0" * 8)
    assert "seccomp" not in probed(Confinement())


def test_a_machine_whose_calls_are_not_known_has_no_filter(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    found = probed(Confinement())
    assert "seccomp" not in found
    assert "rlimits" in found


def test_a_memory_limit_that_does_not_hold_is_not_claimed(monkeypatch):
    import resource

    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    assert "rlimits" not in probed(Confinement())


@as_root
def test_a_container_without_the_right_to_change_its_user_has_no_such_layer(monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "setresuid", refuse)
    assert "uid" not in probed(Confinement(without={"landlock"}))


def test_another_system_has_fewer_layers(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    confined = Confinement()
    assert not confined.hides_library
    assert probed(confined) == ["process", "rlimits"]


@pytest.mark.parametrize("left_out", [name for name in LAYERS if name != "process"])
def test_each_layer_can_be_left_out(left_out):
    found = probed(Confinement(without={left_out, "uid"}))
    assert left_out not in found
    assert found[0] == "process"


@as_root
def test_the_library_is_hidden_only_where_the_user_changes():
    assert Confinement(without={"landlock"}).hides_library
    assert not Confinement(without={"landlock", "uid"}).hides_library


@pytest.mark.parametrize(
    ("active", "lacking"),
    [
        (["process", "rlimits", "landlock", "seccomp"], []),
        (["process", "rlimits", "uid", "seccomp"], []),
        (list(LAYERS), []),
        (["process", "rlimits", "seccomp"], ["landlock"]),
        (["process", "rlimits", "landlock"], ["seccomp"]),
        (["process", "rlimits", "uid"], ["seccomp"]),
        (["process", "landlock", "seccomp"], ["rlimits"]),
        (["process"], ["rlimits", "landlock", "seccomp"]),
        ([], ["rlimits", "landlock", "seccomp"]),
    ],
)
def test_what_official_grading_lacks(active, lacking):
    assert lacking_layers(active) == lacking


# The grader itself.


def test_the_grader_hides_from_other_processes(project):
    program = """
import ctypes
from grader.student.inside.confinement import hide_from_others
dumpable = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
print(dumpable())
hide_from_others()
print(dumpable())
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project.root, capture_output=True, text=True
    )
    assert done.stdout.split() == ["1", "0"]


def test_hiding_is_nothing_on_other_systems(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(confinement.ctypes, "CDLL", None)
    confinement.hide_from_others()
