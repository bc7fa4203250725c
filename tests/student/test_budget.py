"""Budgets are of processor time; who only waits has longer, and who can be told from neither too.

The times are made up: nothing here waits for a machine to be fast or slow.
"""

import subprocess
import sys
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from grader.student import budget
from grader.student.budget import PATIENCE, Deadline, DeadlinePassed, Limits, ProcessorClock
from grader.student.calls import Call
from grader.student.faults import Crashed, TimedOut

SECONDS = 5.0
NEVER = 60.0  # seconds that something sure to come may take on any machine


@pytest.fixture
def world(monkeypatch):
    """A clock on the wall, and a process's clock, both standing until they are moved.

    `world.pass_time(wall, computing=...)`: so much passes, of which the process computes a part.
    """
    world = SimpleNamespace(wall=1000.0, processor=7.0)
    world.seconds = lambda: world.processor  # what a ProcessorClock has

    def pass_time(wall, computing=0.0):
        world.wall += wall
        world.processor += computing

    world.pass_time = pass_time
    fake = SimpleNamespace(monotonic=lambda: world.wall)
    monkeypatch.setattr(budget, "time", fake)
    return world


def passed(deadline):
    with pytest.raises(DeadlinePassed) as caught:
        deadline.remaining()
    return caught.value


# Deadlines.


def test_who_computes_has_as_many_seconds_as_allowed(world):
    deadline = Deadline(SECONDS, world)
    assert deadline.remaining() == SECONDS
    world.pass_time(4.9, computing=4.9)
    assert 0 < deadline.remaining() <= 0.2
    world.pass_time(0.1, computing=0.1)
    assert passed(deadline).computing


def test_who_waits_has_longer(world):
    deadline = Deadline(SECONDS, world)
    world.pass_time(SECONDS * PATIENCE - 0.5)
    assert 0 < deadline.remaining() <= 0.5
    world.pass_time(0.5)
    assert not passed(deadline).computing


def test_a_busy_machine_makes_nobody_fail(world):
    """A third of a processor: what has been computed counts, not what has passed."""
    deadline = Deadline(SECONDS, world, patience=100)
    for _ in range(14):
        world.pass_time(1.0, computing=1 / 3)
        assert deadline.remaining() > 0
    assert deadline.used() == pytest.approx(14 / 3)
    world.pass_time(2.0, computing=2 / 3)
    assert passed(deadline).computing


def test_only_what_is_computed_after_the_start_counts(world):
    world.pass_time(100, computing=100)
    deadline = Deadline(SECONDS, world)
    assert deadline.used() == 0
    assert deadline.remaining() == SECONDS


def test_one_asks_again_when_the_budget_could_be_used_up(world):
    deadline = Deadline(SECONDS, world)
    world.pass_time(6.0, computing=3.5)
    assert deadline.remaining() == pytest.approx(1.5)
    world.pass_time(1.5, computing=1.4999)
    assert deadline.remaining() == budget.SHORTEST_WAIT  # not in ever smaller steps


def test_nobody_waits_longer_than_the_clock_on_the_wall_allows(world):
    deadline = Deadline(SECONDS, world)
    world.pass_time(SECONDS * PATIENCE - 0.25, computing=1.0)
    assert deadline.remaining() == pytest.approx(0.25)


class NoClock:
    def seconds(self):
        return None


@pytest.mark.parametrize("clock", [None, NoClock()])
def test_without_a_processor_clock_the_wall_decides(world, clock):
    deadline = Deadline(SECONDS, clock)
    assert deadline.used() is None
    world.pass_time(SECONDS * PATIENCE - 1, computing=100)
    assert deadline.remaining() == pytest.approx(1.0)
    world.pass_time(1)
    assert not passed(deadline).computing


def test_a_deadline_that_has_passed_stays_passed(world):
    deadline = Deadline(0.0, world)
    for _ in range(3):
        passed(deadline)
        world.pass_time(1)


# A real process's clock.

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
BUSY = "while True: pass"
IDLE = "print(flush=True); input()"


@pytest.fixture
def running():
    """Starts Python programs: `running("while True: pass")`."""
    started = []

    def run(source):
        started.append(
            subprocess.Popen(
                [sys.executable, "-S", "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@linux
def test_a_process_that_computes_is_seen_computing(running):
    clock = ProcessorClock(running(BUSY).pid)
    end = time.monotonic() + NEVER
    while clock.seconds() < 0.1:
        assert time.monotonic() < end
        time.sleep(0.01)


@linux
def test_a_process_that_waits_uses_nothing(running):
    process = running(IDLE)
    process.stdout.readline()  # now it waits, or will within a moment
    clock = ProcessorClock(process.pid)
    before = clock.seconds()
    time.sleep(0.2)
    assert clock.seconds() - before < 0.1


@linux
def test_a_dead_process_has_used_what_it_had_used(running):
    process = running(BUSY)
    clock = ProcessorClock(process.pid)
    while clock.seconds() == 0:
        time.sleep(0.01)
    before = clock.seconds()
    process.kill()
    process.wait()
    assert clock.seconds() >= before


def test_other_systems_do_not_tell(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ProcessorClock(1).seconds() is None


# The budgets of a submission.

WORK = """
import time
def compute(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end: pass
def sleep(seconds): time.sleep(seconds)
def leave(seconds):
    import os
    compute(seconds)
    os._exit(0)
def loop():
    while True: pass
"""


def call(process, function, *arguments):
    process.run([Call("work.py", function, arguments)])


def refused(process, function="compute"):
    with pytest.raises(TimedOut) as caught:
        call(process, function, 0.0)
    return caught.value


def test_a_call_that_takes_too_long_names_its_budget(start):
    process = start(WORK, call_seconds=0.2)
    with pytest.raises(TimedOut) as caught:
        call(process, "loop")
    assert caught.value.reason in ("timeout_computing", "timeout")  # a busy machine makes one wait
    assert caught.value.details["seconds"] >= 0.2


def test_a_check_has_a_budget_of_its_own_and_the_next_one_too(start):
    process = start(WORK)
    process.start_check()
    call(process, "compute", 0.1)
    process.limits = replace(process.limits, check_seconds=0.05)
    starts = process.starts
    fault = refused(process)
    assert (fault.reason, fault.details) == ("timeout_check", {"seconds": 0.05})
    assert process.starts == starts
    process.limits = replace(process.limits, check_seconds=600.0)
    process.start_check()
    process.limits = replace(process.limits, check_seconds=0.05)
    with pytest.raises(TimedOut) as caught:
        call(process, "loop")
    assert caught.value.reason in ("timeout_computing", "timeout")


def test_a_call_gets_no_more_than_its_check_has_left(start):
    process = start(WORK, call_seconds=1000.0, check_seconds=0.2)
    with pytest.raises(TimedOut):
        call(process, "loop")
    assert refused(process).reason == "timeout_check"


def test_no_check_gets_more_than_the_submission_has_left(start):
    process = start(WORK, submission_seconds=0.2)
    process.start_check()
    with pytest.raises(TimedOut):
        call(process, "loop")
    process.start_check()
    assert refused(process).reason == "timeout_submission"


def test_within_a_block_calls_have_another_budget(start):
    process = start(WORK)
    with pytest.raises(TimedOut), process.within(0.2):
        call(process, "loop")
    call(process, "compute", 0.0)  # the usual one again
    process.limits = replace(process.limits, call_seconds=0.001)
    with process.within(600.0):
        call(process, "compute", 0.1)


def test_within_a_block_the_submissions_budget_holds_all_the_same(start):
    process = start(WORK, submission_seconds=0.2)
    with pytest.raises(TimedOut), process.within(600.0):
        call(process, "loop")


def test_waiting_uses_up_the_budget_too(start):
    """Or else a submission that sleeps a little in every call could take hours."""
    process = start(WORK)
    call(process, "sleep", 0.1)
    process.limits = replace(process.limits, submission_seconds=0.1 / PATIENCE)
    assert refused(process).reason == "timeout_submission"


@linux
def test_what_a_process_that_ends_itself_has_used_counts(start):
    """Or else a submission could end itself at the end of every budget."""
    process = start(WORK)
    with pytest.raises(Crashed):
        call(process, "leave", 0.2)
    assert process.seconds >= 0.2


def test_the_usual_limits_leave_room_for_each_other():
    limits = Limits()
    assert limits.call_seconds <= limits.check_seconds <= limits.submission_seconds
