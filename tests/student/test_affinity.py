"""The grader and its student process share a processor for as long as they work."""

import os
import subprocess
import sys

import pytest

from grader.student.affinity import share_processor

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux only")


@pytest.fixture
def sleeper():
    """Starts processes that do nothing."""
    started = []

    def start():
        command = [sys.executable, "-c", "input()"]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE))
        return started[-1].pid

    yield start
    for process in started:
        process.communicate()


def test_both_are_on_one_processor_until_it_is_undone(sleeper):
    before, pid = os.sched_getaffinity(0), sleeper()
    release = share_processor(pid)
    assert os.sched_getaffinity(0) == os.sched_getaffinity(pid)
    assert len(os.sched_getaffinity(0)) == 1
    assert os.sched_getaffinity(0) <= before
    release()
    assert os.sched_getaffinity(0) == before


def test_the_thread_is_free_when_the_last_process_is_gone(sleeper):
    before = os.sched_getaffinity(0)
    first, second = share_processor(sleeper()), share_processor(sleeper())
    first()
    assert len(os.sched_getaffinity(0)) == 1
    second()
    second()
    assert os.sched_getaffinity(0) == before


def test_a_process_that_is_not_there_changes_nothing():
    before = os.sched_getaffinity(0)
    share_processor(2**22 + 1)()
    assert os.sched_getaffinity(0) == before


def test_a_student_process_shares_and_leaves(start):
    before = os.sched_getaffinity(0)
    process = start("")
    process._started()
    assert os.sched_getaffinity(process._child.pid) == os.sched_getaffinity(0)
    assert len(os.sched_getaffinity(0)) == 1
    process.close()
    assert os.sched_getaffinity(0) == before
