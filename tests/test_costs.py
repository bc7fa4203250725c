"""What a grading costs, counted and not timed: calls, messages, processes, bytes, files, modules.

A bound is today's figure, so that no cost creeps in unseen. Checks that were added raise it: then
change the figure here, in the same commit.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from grader.grading import Session
from grader.reports.terminal import COLOUR_FORCED
from grader.student.channel import PollChannel
from grader.student.hosts import FORKS, Zygote
from grader.student.process import StudentProcess
from grader.submission import read_submission

SEED = 231

# For the solutions, all checks; in both modes the same, because the sizes of inputs are.
CALLS = 885  # of a student's functions
MESSAGES = 338  # each there and back: loading a submission, its files, calls
BYTES_SENT = 8_400_000
BYTES_RECEIVED = 6_800_000

NOT_FOR_GRADING = {
    *("scipy", "matplotlib", "nbformat", "nbclient", "IPython", "jsonschema"),
    *("distributed", "dask", "cryptography", "psutil", "requests", "tqdm"),
    *("typer", "rich", "pydantic", "click", "hypothesis", "cosmic_ray"),
    *("sqlite3", "asyncio", "unittest", "doctest", "urllib.request", "http.client"),
    *("grader.cli", "grader.classroom", "grader.laws", "grader.build", "grader.release"),
    *("grader.reports.html", "assignment.data", "assignment.labs"),
}


@pytest.fixture
def counted(monkeypatch):
    """Counts what crosses the border to student processes, whoever starts them."""
    counts = Counter()

    def counting(of, name, count):
        before = getattr(of, name)

        def wrapped(self, *arguments):
            result = before(self, *arguments)
            counts.update(count(*arguments, result))
            return result

        monkeypatch.setattr(of, name, wrapped)

    counting(StudentProcess, "run", lambda calls, _: {"calls": len(calls)})
    counting(Zygote, "start", lambda limits, _: {"processes": 1})
    counting(Zygote, "_launch", lambda _: {"zygotes": 1})
    counting(
        PollChannel,
        "exchange",
        lambda frame, deadline, reply: {
            "messages": 1,
            "sent": len(frame),
            "received": len(reply),
        },
    )
    return counts


@pytest.mark.skipif(not FORKS, reason="without a zygote every process is a fresh one")
@pytest.mark.parametrize("official", [False, True], ids=["practice", "official"])
def test_what_goes_to_the_student_process_and_back(project, counted, official):
    submission = read_submission(project.solutions)
    with Session(project, official=official) as session:
        for _ in range(2):  # the second costs what the first does
            counted.clear()
            graded = session.grade(submission, SEED)
            assert graded.result.score == graded.result.max_score
            assert counted["calls"] <= CALLS
            assert counted["messages"] <= MESSAGES
            assert counted["sent"] <= BYTES_SENT
            assert counted["received"] <= BYTES_RECEIVED
            assert counted["processes"] == 1
        assert counted["zygotes"] == 0


@pytest.mark.skipif(not FORKS, reason="without a zygote every process is a fresh one")
def test_one_zygote_serves_a_whole_class(project, counted):
    submission = read_submission(project.solutions)
    with Session(project, questions=("dropout_forward",)) as session:
        for _ in range(3):
            session.grade(submission)
    assert counted["zygotes"] == 1
    assert counted["processes"] == 3


def test_pytest_does_not_run_a_plain_check(project, monkeypatch):
    """What it does around each takes as long as many a check."""
    protocol = []
    monkeypatch.setattr("_pytest.runner.runtestprotocol", lambda item, **_: protocol.append(item))
    submission = read_submission(project.solutions)
    with Session(project) as session:
        assert session.grade(submission).result.score == 100.0
    assert not protocol


def test_recordings_are_read_once(project, monkeypatch):
    read = Counter()
    read_bytes = Path.read_bytes

    def counting(path):
        if path.suffix == ".frame":
            read[path.name] += 1
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", counting)
    submission = read_submission(project.solutions)
    with Session(project) as session:
        for _ in range(2):
            session.grade(submission)
    assert set(read.values()) == {1}
    assert not [name for name in read if name.endswith(".pairs.frame")]  # nothing has failed


def test_a_practice_grading_loads_no_more_than_it_needs():
    root = Path(__file__).resolve().parent.parent
    code = (
        "import sys\n"
        "from grader import plain_cli\n"
        "try:\n"
        "    plain_cli.try_to_run(['grade', 'solutions'])\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "print(*sys.modules)\n"
    )
    environment = {k: v for k, v in os.environ.items() if k not in COLOUR_FORCED}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "grader.grading" in loaded
    assert loaded & NOT_FOR_GRADING == set()
