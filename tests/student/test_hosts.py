"""Where student processes come from: they start, serve, and are gone afterwards, all of them."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import pytest

from grader.student import hosts
from grader.student.budget import Deadline, Limits
from grader.student.calls import Call
from grader.student.channel import PollChannel
from grader.student.faults import Crashed
from grader.student.hosts import (
    FORKS,
    Enclosure,
    FreshProcesses,
    ProcessUnavailable,
    Zygote,
    kernel_limits,
    open_host,
)
from grader.student.inside.confinement import LAYERS
from grader.student.wire import pack, unpack

PATIENCE = 60.0  # seconds for what is sure to come; a busy machine takes what it takes
KINDS = [
    pytest.param(Zygote, marks=pytest.mark.skipif(not FORKS, reason="no zygote here")),
    FreshProcesses,
]
TELLS_ITS_PID = "import os\ndef f(): return os.getpid()"
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX only")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root only")


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def every_layer(project, kind):
    """A host of each kind, with all its layers."""
    host = kind(Enclosure(project.assignment))
    yield host
    host.close()


@pytest.fixture(scope="module")
def free_to_fork(project, kind):
    """A host of each kind whose processes can start others."""
    host = kind(Enclosure(project.assignment, without=frozenset({"rlimits", "seccomp"})))
    yield host
    host.close()


@pytest.fixture
def opened(project):
    """Opens hosts, `opened(Zygote, without=...)`, and closes them."""
    made = []

    def open_one(kind, **options):
        made.append(kind(Enclosure(project.assignment, **options)))
        return made[-1]

    yield open_one
    for host in made:
        host.close()


@pytest.fixture
def serve(project):
    """Has a child load a file, and then calls functions: `serve(child, source)("f", 1)`."""
    channels = []

    def load(child, source):
        channel = PollChannel(child.pipes, 1 << 16)
        channels.append(channel)

        def ask(message):
            return unpack(channel.exchange(pack(message), Deadline(PATIENCE)))

        files = {"work.py": source.encode()}
        given = str(project.assignment)
        ask({"op": "load", "files": files, "given": given, "draws": 0, **kernel_limits(Limits())})

        def call(function, *arguments):
            call = {
                "file": "work.py",
                "function": function,
                "arguments": list(arguments),
                "returns": 1,
                "keep": [],
                "may_change": [],
            }
            (answer,) = ask({"op": "run", "forget": False, "calls": [call]})
            assert answer["status"] == "returned", answer
            return answer["value"][0]

        return call

    yield load
    for channel in channels:
        channel.close()


def alive(pid):
    """Whether a process exists and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(*pids):
    end = time.monotonic() + PATIENCE
    while any(map(alive, pids)):
        assert time.monotonic() < end, [pid for pid in pids if alive(pid)]
        time.sleep(0.01)


# One process.


@posix
def test_a_child_serves_and_ends(every_layer, serve):
    child = every_layer.start(Limits())
    assert serve(child, "def f(x): return x + 1")("f", 1) == 2
    assert child.end() is None


@posix
@pytest.mark.parametrize("code", [0, 1, 7])
def test_a_childs_own_exit_code_is_told(every_layer, start, code):
    process = start(f"import os\ndef f(): os._exit({code})", host=every_layer)
    with pytest.raises(Crashed) as caught:
        process.run([Call("work.py", "f", ())])
    assert (caught.value.reason, caught.value.details) == ("exited", {"code": code})


@posix
def test_a_child_whose_pipes_are_closed_ends_by_itself(every_layer, serve):
    child = every_layer.start(Limits())
    serve(child, "")
    child.pipes.close()
    assert child.end(PATIENCE) == 0


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_the_signal_that_a_child_died_of_is_negative(free_to_fork, serve, number):
    child = free_to_fork.start(Limits())
    pid = serve(child, TELLS_ITS_PID)("f")
    os.kill(pid, number)
    assert child.end(PATIENCE) == -number


@linux
def test_a_child_that_does_not_end_by_itself_is_killed_when_patience_is_over(every_layer, serve):
    child = every_layer.start(Limits())
    pid = serve(child, TELLS_ITS_PID)("f")
    assert child.end(0.05) is None
    assert not alive(pid)


@posix
def test_one_child_after_another(every_layer, serve):
    for number in range(3):
        child = every_layer.start(Limits())
        assert serve(child, f"def f(): return {number}")("f") == number
        child.end()


# What it starts with.


@posix
def test_a_child_leads_a_session_of_its_own(every_layer, serve):
    child = every_layer.start(Limits())
    pid = serve(child, TELLS_ITS_PID)("f")
    assert os.getsid(pid) == os.getpgid(pid) == pid
    child.end()


@posix
def test_the_environment_is_cleared(opened, kind, serve, monkeypatch):
    for name in ("SECRET", "PYTHONPATH", "PYTHONSTARTUP", "LD_LIBRARY_PATH", "HOME"):
        monkeypatch.setenv(name, "/tmp")
    child = opened(kind).start(Limits())
    found = serve(child, "import os\ndef f(): return dict(os.environ)")("f")
    assert found == hosts.ENVIRONMENT
    child.end()


@posix
def test_pythons_own_switches_do_not_reach_it(opened, kind, serve, monkeypatch):
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    monkeypatch.setenv("PYTHONINSPECT", "1")
    child = opened(kind).start(Limits())
    source = 'import sys\ndef f():\n    "doc"\n    return [f.__doc__, sys.flags.isolated]'
    assert serve(child, source)("f") == ["doc", 1]
    child.end()


@linux
def test_a_child_has_no_descriptors_but_its_own(project, kind, serve):
    """Not even of files that the grader lets programs inherit."""
    secret = os.open(project.manifest, os.O_RDONLY)
    os.set_inheritable(secret, True)
    host = kind(Enclosure(project.assignment, without=frozenset(LAYERS)))
    try:
        child = host.start(Limits())
        source = """
import os
def f():
    found = []
    for number in range(256):
        try:
            found.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            pass
    return found
"""
        found = serve(child, source)("f")
        child.end()
    finally:
        os.close(secret)
        host.close()
    kinds = sorted(each.partition(":")[0] for each in found)
    assert kinds == ["/dev/null", *["pipe"] * 4]  # input; output twice, requests, replies
    assert len({each for each in found if each.startswith("pipe")}) == 3


@posix
def test_random_numbers_are_the_same_for_a_check_and_a_seed(every_layer, start):
    source = """
import random
import numpy as np
def f(): return [np.random.rand(), random.random(), np.random.default_rng().random()]
"""
    by_seed = {}
    for seed in (5, 5, 6):
        process = start(source, host=every_layer, seed=seed)
        for check in range(2):
            process.start_check()
            drawn = [process.run([Call("work.py", "f", ())])[0].items[0] for _ in range(2 + check)]
            assert len({number for row in drawn for number in row}) == 3 * len(drawn)
            by_seed.setdefault(seed, set()).add(tuple(map(tuple, drawn[:2])))
        process.close()
    assert [len(drawn) for drawn in by_seed.values()] == [1, 1]
    assert by_seed[5] != by_seed[6]


@posix
def test_who_seeds_the_shared_generators_does_not_seed_new_ones(every_layer, start):
    source = """
import random
import numpy as np
def f():
    random.seed(0)
    np.random.seed(0)
    return np.random.default_rng().random()
"""
    process = start(source, host=every_layer)
    drawn = [process.run([Call("work.py", "f", ())])[0].items[0] for _ in range(3)]
    assert len(set(drawn)) == 3


@posix
def test_one_childs_doings_are_not_the_nexts(every_layer, start):
    source = """
import numpy as np
def f():
    seen = getattr(np, "mark", None)
    np.mark = np.random.mtrand.mark = 1
    np.add = None
    return seen
"""
    for _ in range(2):
        process = start(source, host=every_layer)
        (returned,) = process.run([Call("work.py", "f", ())])
        assert returned.items == (None,)
        process.close()


def test_the_layers_of_both_kinds_are_the_same(project):
    if not FORKS:
        pytest.skip("no zygote here")
    enclosure = Enclosure(project.assignment, (project.manifest,))
    found = [kind(enclosure) for kind in (Zygote, FreshProcesses)]
    assert found[0].layers == found[1].layers
    for host in found:
        host.close()


def test_layers_are_reported_in_order_and_without_those_left_out(opened, kind):
    layers = opened(kind).layers
    assert layers == tuple(name for name in LAYERS if name in layers)
    assert "process" in layers
    fewer = opened(kind, without=frozenset({"rlimits", "seccomp"})).layers
    assert set(fewer) == set(layers) - {"rlimits", "seccomp"}


def test_a_system_that_does_not_fork_gets_a_fresh_process_for_each(project):
    host = open_host(Enclosure(project.assignment), forks=False)
    assert type(host) is FreshProcesses
    host.close()


# What a child starts is gone when it has ended.

DAEMON = """
import os, time
def daemons(count, sleeping=True):
    reading, writing = os.pipe()
    pids = []
    for _ in range(count):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.write(writing, b"%10d" % os.getpid())
                while True:
                    if sleeping: time.sleep(1000)
            os._exit(0)
        os.wait()
        pids.append(int(os.read(reading, 10)))
    return pids
def helpers(count):
    pids = []
    for _ in range(count):
        pids.append(os.fork())
        if pids[-1] == 0:
            time.sleep(10_000)
            os._exit(0)
    return pids
def multiply():
    for _ in range(6):
        os.fork()
    time.sleep(10_000)
"""


@linux
def test_helpers_end_with_their_child(free_to_fork, serve):
    child = free_to_fork.start(Limits())
    pids = serve(child, DAEMON)("helpers", 3)
    assert all(map(alive, pids))
    child.end()
    wait_until_gone(*pids)


@linux
@pytest.mark.parametrize("sleeping", [True, False], ids=["sleeping", "busy"])
def test_daemons_end_with_their_child(opened, serve, sleeping):
    host = opened(Zygote, without=frozenset({"rlimits", "seccomp"}))
    child = host.start(Limits())
    pids = serve(child, DAEMON)("daemons", 3, sleeping)
    assert all(map(alive, pids))
    child.end()
    assert not any(map(alive, pids))  # at once: nothing of it runs beside the next submission
    child = host.start(Limits())
    assert serve(child, "def f(): return 1")("f") == 1
    child.end()


@linux
def test_daemons_of_a_child_that_has_ended_itself_end_too(opened, serve):
    host = opened(Zygote, without=frozenset({"rlimits", "seccomp"}))
    child = host.start(Limits())
    pids = serve(child, DAEMON)("daemons", 2)
    child.pipes.close()
    assert child.end(PATIENCE) == 0
    assert not any(map(alive, pids))


@linux
def test_a_crowd_is_ended(opened, start):
    host = opened(Zygote, without=frozenset({"rlimits", "seccomp"}))
    process = start(DAEMON, host=host, call_seconds=0.5)
    with pytest.raises(Exception, match="multiply"):
        process.run([Call("work.py", "multiply", ())])
    zygote = host._process.pid
    with open(f"/proc/{zygote}/task/{zygote}/children") as file:
        assert file.read() == ""


# When somebody is killed.


@pytest.fixture(params=["all layers", pytest.param("as another user", marks=as_root)])
def without(request):
    return frozenset() if request.param == "all layers" else frozenset({"landlock"})


@linux
def test_after_a_zygotes_death_the_next_start_works(opened, serve):
    host = opened(Zygote)
    layers = host.layers
    for _ in range(3):
        os.kill(host._process.pid, signal.SIGKILL)
        child = host.start(Limits())  # at once: it may not even be dead yet
        assert serve(child, "def f(): return 1")("f") == 1
        child.end()
    assert host.layers == layers


@linux
def test_the_child_of_a_killed_zygote_dies(opened, serve, without):
    host = opened(Zygote, without=without)
    child = host.start(Limits())
    pid = serve(child, TELLS_ITS_PID)("f")
    os.kill(host._process.pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert child.end() is None


GRADER = """
import sys, time
from pathlib import Path
from grader.student.budget import Limits
from grader.student.calls import Call
from grader.student.hosts import Enclosure, FreshProcesses, Zygote
from grader.student.process import StudentProcess
kind = {"Zygote": Zygote, "FreshProcesses": FreshProcesses}[sys.argv[1]]
given = Path(sys.argv[2])
host = kind(Enclosure(given, without=frozenset(sys.argv[3].split())))
files = {"work.py": sys.argv[4].encode()}
process = StudentProcess(files, given, Limits(call_seconds=1000, check_seconds=1000), host)
(returned,) = process.run([Call("work.py", "f", ())])
print(returned.items[0], *([host._process.pid] if kind is Zygote else []), flush=True)
process.run([Call("work.py", "g", ())])
"""


@pytest.fixture
def grader(project):
    """Starts a grader whose student process is in `g`; the pids of what it has started."""
    started = []

    def run(kind, doing, without=frozenset()):
        source = f"import os, time\ndef f(): return os.getpid()\ndef g():\n    {doing}"
        options = [kind, str(project.assignment), " ".join(without), source]
        process = subprocess.Popen(
            [sys.executable, "-c", GRADER, *options],
            cwd=project.root,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, [int(pid) for pid in process.stdout.readline().split()]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@linux
@pytest.mark.parametrize(
    "doing", ["time.sleep(10_000)", "while True: pass"], ids=["asleep", "busy"]
)
def test_a_killed_grader_leaves_nothing_behind(grader, without, doing):
    """Even in the middle of a call that would never end."""
    process, pids = grader("Zygote", doing, without)
    assert len(pids) == 2
    assert all(map(alive, pids))
    process.kill()
    wait_until_gone(*pids)


@linux
def test_a_killed_graders_fresh_process_ends_with_its_call(grader):
    process, pids = grader("FreshProcesses", "time.sleep(0.2)")
    assert len(pids) == 1
    process.kill()
    wait_until_gone(*pids)


@linux
def test_ctrl_c_is_for_the_grader_alone(opened, serve):
    host = opened(Zygote)
    child = host.start(Limits())
    call = serve(child, "def f(): return 1")
    os.kill(host._process.pid, signal.SIGINT)
    assert call("f") == 1
    child.end()
    child = host.start(Limits())
    assert serve(child, "def f(): return 2")("f") == 2
    child.end()


# Nothing piles up.


@linux
def test_descriptors_do_not_pile_up(every_layer, serve):
    cycles = 100 if type(every_layer) is Zygote else 5

    def cycle():
        child = every_layer.start(Limits())
        child.end()
        child.pipes.close()

    cycle()
    before = os.listdir("/proc/self/fd")
    for _ in range(cycles):
        cycle()
    assert len(os.listdir("/proc/self/fd")) == len(before)


@linux
def test_a_zygotes_descriptors_do_not_pile_up_either(opened):
    host = opened(Zygote)

    def cycle():
        child = host.start(Limits())
        child.end()
        child.pipes.close()
        return len(os.listdir(f"/proc/{host._process.pid}/fd"))

    first = cycle()
    assert {cycle() for _ in range(20)} == {first}


@linux
def test_hosts_that_are_opened_and_closed_leave_nothing_open(project, kind):
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        host = kind(Enclosure(project.assignment))
        child = host.start(Limits())
        child.end()
        child.pipes.close()
        host.close()
    assert len(os.listdir("/proc/self/fd")) == before


# The machine's faults.


def test_closing_twice_is_closing_once(project, kind):
    host = kind(Enclosure(project.assignment))
    host.close()
    host.close()


@linux
def test_a_host_that_was_closed_while_a_child_ran_has_ended_it(project, kind, serve):
    host = kind(Enclosure(project.assignment))
    child = host.start(Limits())
    pid = serve(child, TELLS_ITS_PID)("f")
    host.close()
    child.end()
    assert not alive(pid)


@pytest.mark.parametrize(
    "python", ["/no/such/python", os.devnull], ids=["not there", "not executable"]
)
def test_a_python_that_does_not_start_is_told_when_it_is_needed(opened, kind, python, monkeypatch):
    monkeypatch.setattr(sys, "executable", python)
    host = opened(kind)
    for _ in range(2):
        with pytest.raises(ProcessUnavailable, match="the student process does not start: "):
            host.start(Limits())


@posix
@pytest.mark.parametrize(
    ("program", "told"),
    [("echo no luck today >&2; exit 1", "no luck today"), ("exit 3", "3|Closed")],
    ids=["says why", "silent"],
)
def test_a_python_that_ends_at_once_is_told(
    opened, kind, start, tmp_path, monkeypatch, program, told
):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\n{program}\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    process = start("def f(): return 1", host=opened(kind))
    with pytest.raises(ProcessUnavailable, match=f"the student process does not start: .*({told})"):
        process.run([Call("work.py", "f", ())])


@linux
def test_a_host_whose_python_has_come_back_starts_again(opened, kind, start, monkeypatch):
    python = sys.executable
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    host = opened(kind)
    process = start("def f(): return 1", host=host)
    with pytest.raises(ProcessUnavailable):
        process.run([Call("work.py", "f", ())])
    monkeypatch.setattr(sys, "executable", python)
    (returned,) = process.run([Call("work.py", "f", ())])
    assert returned.items == (1,)


@linux
def test_a_zygote_that_does_not_answer_is_replaced(opened, serve, monkeypatch):
    """Its answer, should it come at last, must not be taken for another's."""
    host = opened(Zygote)
    assert host.layers
    silent = host._process.pid
    os.kill(silent, signal.SIGSTOP)
    monkeypatch.setattr(hosts.Zygote._answer, "__defaults__", (0.1,))
    with contextlib.suppress(ProcessUnavailable):  # the next one has little time, too
        host.start(Limits()).pipes.close()
    assert not alive(silent)
    monkeypatch.undo()
    child = host.start(Limits())
    assert serve(child, "def f(): return 1")("f") == 1
    child.end()


def test_the_kernels_limits_leave_the_graders_the_first_word():
    limits = Limits(submission_seconds=59.5, memory_bytes=1 << 30)
    found = kernel_limits(limits)
    assert found["memory_bytes"] == 1 << 30
    assert found["cpu_seconds"] > limits.submission_seconds
