"""Both channels, each driving a real child process."""

import sys
import threading
import time

import numpy as np
import pytest

from grader.student import wire
from grader.student.budget import Deadline, DeadlinePassed, Limits
from grader.student.channel import Closed, PollChannel, ThreadChannel
from grader.student.hosts import Enclosure, open_host

CAP = 1000
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="PollChannel needs POSIX"),
    pytest.mark.parametrize("kind", [PollChannel, ThreadChannel]),
]


@pytest.fixture
def connect(kind, project):
    """Starts a child on a source and opens a channel to it."""
    opened = []
    threads = set(threading.enumerate())

    host = open_host(Enclosure(project.assignment), forks=False)

    def make(source):
        process = host.start(Limits())
        channel = kind(process.pipes, CAP)
        opened.append((process, channel))
        load = {
            "op": "load",
            "draws": 0,
            "files": {"work.py": source.encode()},
            "given": str(project.assignment),
            "memory_bytes": 1 << 30,
            "cpu_seconds": 60,
        }
        assert "process" in wire.unpack(channel.exchange(wire.pack(load), soon()))
        return process, channel

    yield make
    for process, _ in opened:
        process.end()
    for thread in set(threading.enumerate()) - threads:
        thread.join(60)
    for _, channel in opened:
        channel.close()


def soon():
    """A deadline that only a hang can miss."""
    return Deadline(60)


def shortly():
    return Deadline(0.1)


def request(function, *arguments):
    call = {
        "file": "work.py",
        "function": function,
        "arguments": list(arguments),
        "returns": 1,
        "keep": [],
        "may_change": [],
    }
    return wire.pack({"op": "run", "forget": False, "calls": [call]})


def value(reply):
    (answer,) = wire.unpack(reply)
    assert answer["status"] == "returned", answer
    return answer["value"][0]


def output_until(channel, length):
    """What was printed, as soon as so much has come through the pipe."""
    text, deadline = b"", soon()
    while len(text) < length and deadline.remaining():
        text += channel.take_output()
        time.sleep(0.001)
    return text


def test_many_exchanges_in_turn(connect):
    _, channel = connect("def f(x): return x + 1")
    assert [value(channel.exchange(request("f", i), soon())) for i in range(50)] == [*range(1, 51)]


def test_messages_far_larger_than_a_pipe(connect):
    _, channel = connect("def f(x): return x * 2")
    x = np.arange(1e6)
    np.testing.assert_array_equal(value(channel.exchange(request("f", x), soon())), x * 2)


def test_a_flood_of_output_is_drained_and_capped(connect):
    source = (
        "import sys\ndef f(n):\n    for _ in range(n):\n        print('x' * 1023)\n    return n"
    )
    _, channel = connect(source)
    assert value(channel.exchange(request("f", 2000), soon())) == 2000
    assert output_until(channel, CAP) == b"x" * CAP
    assert value(channel.exchange(request("f", 10), soon())) == 10
    assert channel.take_output() == b""  # the cap holds for the life of the process


def test_output_is_taken_once(connect):
    _, channel = connect("import sys\ndef f(x):\n    print(x)\n    print('!', file=sys.stderr)")
    channel.exchange(request("f", "one"), soon())
    assert output_until(channel, 6) == b"one\n!\n"
    channel.exchange(request("f", "two"), soon())
    assert output_until(channel, 6) == b"two\n!\n"


def test_a_deadline_ends_the_wait(connect):
    _, channel = connect("import time\ndef f():\n    while True:\n        time.sleep(60)")
    with pytest.raises(DeadlinePassed):
        channel.exchange(request("f"), shortly())


def test_a_deadline_in_the_past_has_passed(connect):
    _, channel = connect("import time\ndef f():\n    while True:\n        time.sleep(60)")
    with pytest.raises(DeadlinePassed):
        channel.exchange(request("f"), Deadline(-1))


def test_a_child_that_does_not_read_cannot_block_the_grader(connect):
    _, channel = connect("import time\ndef f():\n    while True:\n        time.sleep(60)")
    with pytest.raises(DeadlinePassed):
        channel.exchange(request("f"), shortly())
    with pytest.raises(DeadlinePassed):
        channel.exchange(request("f", np.zeros(1 << 20)), shortly())


@pytest.mark.parametrize("end", ["os._exit(3)", "import ctypes; ctypes.string_at(0)"])
def test_an_end_of_the_process_is_seen_at_once(connect, end):
    _, channel = connect(f"import os\ndef f():\n    print('last words', flush=True)\n    {end}")
    with pytest.raises(Closed):
        channel.exchange(request("f"), soon())
    assert output_until(channel, 10) == b"last words\n"


def test_a_dead_child_stays_closed(connect):
    process, channel = connect("")
    process.end()
    with pytest.raises(Closed):
        channel.exchange(request("f", np.zeros(1 << 20)), soon())


def test_bytes_that_are_no_frame_are_a_wire_error(connect):
    source = """
import os
def f():
    for fd in range(3, 20):
        try:
            os.write(fd, b"HTTP/1.1 200 OK, all tests passed")
        except OSError:
            pass
"""
    _, channel = connect(source)
    with pytest.raises(wire.WireError):
        channel.exchange(request("f"), soon())


def test_a_frame_that_claims_too_much_is_refused_before_it_is_read(connect):
    source = """
import os, struct, time
def f():
    for fd in range(3, 20):
        try:
            os.write(fd, struct.pack("<4sIQ", b"DSC1", 0, 1 << 60))
        except OSError:
            pass
    while True:
        time.sleep(60)
"""
    _, channel = connect(source)
    with pytest.raises(wire.WireError):
        channel.exchange(request("f"), soon())


def test_closing_twice_does_no_harm(connect):
    process, channel = connect("")
    process.end()
    channel.close()
    channel.close()


def test_closing_leaves_no_thread_behind(connect):
    before = set(threading.enumerate())
    process, channel = connect("def f():\n    while True:\n        print('x' * 1000)")
    with pytest.raises(DeadlinePassed):
        channel.exchange(request("f"), shortly())
    process.end()
    channel.close()
    assert set(threading.enumerate()) <= before


def test_what_was_printed_last_is_not_lost(connect):
    process, channel = connect(
        "import os\ndef f():\n    os.write(1, b'last words')\n    os._exit(0)"
    )
    with pytest.raises(Closed):
        channel.exchange(request("f"), soon())
    process.end(patience=60)
    assert channel.take_output(ended=True) == b"last words"
