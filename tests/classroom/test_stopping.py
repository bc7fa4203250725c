"""A run that is stopped, killed or doubled loses nothing, grades nothing twice, and says so."""

import os
import random
import signal
import sys
import time

import pytest

from grader.classroom.gradebook import Gradebook
from tests.classroom.conftest import EXITS, WRONG

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="confined on Linux only"
)
SEED = 20


@pytest.fixture
def a_dozen(write_class):
    """Twelve students: right, wrong, unfinished, hostile, unreadable."""
    unfinished = {"more.py": "def triple(x):\n    raise NotImplementedError\n"}
    write_class(**{f"right{i}": {} for i in range(5)}, **{f"wrong{i}": WRONG for i in range(3)})
    return write_class(unfinished=unfinished, hostile=EXITS, bad=b"no zip at all", zoe={})


def rows(path):
    with Gradebook(path) as book:
        return book.dump()


def attempts(path):
    with Gradebook(path) as book:
        return list(book.attempts())


def wait_for(path, count, process):
    """Until so many are graded (or the process has ended, which the test then notices)."""
    while process.poll() is None:
        if path.exists() and path.stat().st_size and len(attempts(path)) >= count:
            return
        time.sleep(0.01)


@pytest.fixture(scope="module")
def graded_already():
    """The rows of an undisturbed run: the same for all tests, so graded by the first."""
    return {}


@pytest.fixture
def undisturbed(toy, a_dozen, start_grading, tmp_path, graded_already):
    """The rows of a run that nobody disturbs."""
    if graded_already:
        return graded_already
    path = tmp_path / "undisturbed.db"
    command = ("grade", a_dozen, "--gradebook", path, "--seed", SEED, "--workers", 1, "--quiet")
    process = start_grading(toy(), *command)
    _, told = process.communicate()
    assert process.returncode == 0, told
    graded_already.update(rows(path))
    return graded_already


@pytest.mark.parametrize(
    ("number", "group", "code"),
    [(signal.SIGINT, True, 130), (signal.SIGTERM, False, 143)],
)
def test_a_run_that_is_stopped_says_how_to_go_on(
    toy, a_dozen, undisturbed, start_grading, tmp_path, number, group, code
):
    path = tmp_path / "gradebook.db"
    command = ("grade", a_dozen, "--gradebook", path, "--seed", SEED, "--workers", 1)
    process = start_grading(toy(), *command)
    wait_for(path, 2, process)
    (os.killpg if group else os.kill)(process.pid, number)  # a terminal sends it to the group
    _, told = process.communicate()
    assert (process.returncode, "Traceback" in told) == (code, False), told
    assert told.endswith(f"What was graded is in {path}; the same command goes on.\n")
    before = {(one.student, one.graded_at) for one in attempts(path)}
    assert 2 <= len(before) < 12
    process = start_grading(toy(), *command)
    out, told = process.communicate()
    assert process.returncode == 0, told
    assert f"{12 - len(before)} submissions graded now" in out
    assert before <= {(one.student, one.graded_at) for one in attempts(path)}
    assert rows(path) == undisturbed


def test_a_run_that_is_killed_at_any_moment_is_gone_on_with(
    toy, a_dozen, undisturbed, start_grading, tmp_path
):
    path, chance = tmp_path / "gradebook.db", random.Random(7)
    command = ("grade", a_dozen, "--gradebook", path, "--seed", SEED, "--workers", 2, "--quiet")
    for enough in (0, 3, 7):
        process = start_grading(toy(), *command)
        wait_for(path, enough, process)
        time.sleep(chance.uniform(0, 0.2))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    process = start_grading(toy(), *command)
    _, told = process.communicate()
    assert process.returncode == 0, told
    assert rows(path) == undisturbed


def test_two_runs_at_once_share_the_work(toy, a_dozen, undisturbed, start_grading, tmp_path):
    path = tmp_path / "gradebook.db"
    command = ("grade", a_dozen, "--gradebook", path, "--seed", SEED, "--workers", 1, "--quiet")
    both = [start_grading(toy(), *command) for _ in range(2)]
    told = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], told
    counts = [int(out.split()[0]) for out, _ in told]
    assert sum(counts) == 12, "each is counted by who has kept it"
    assert rows(path) == undisturbed
