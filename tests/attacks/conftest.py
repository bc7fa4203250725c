"""Runs the attacks that are selected: all of one mode through one worker, before its first test."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.grading import count, make_judge
from grader.results import Result
from grader.running import run_checks
from grader.submission import Submission, read_submission
from tests.attacks.attack import Attack, load_attacks
from tests.attacks.modes import MODES, ClosableRunner

SEED = 20_260_315
ATTACKS = load_attacks()
SHOWN = "EXFILTRATED", "313373"  # what an attack writes where it wants a hidden input to get out

SHARED_MEMORY_KEY = 0x0DE5_CE27
MARK = "descent-left-behind"  # in the names of all that attacks try to leave
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Found:
    """What became of one attack, and of the honest submission after it on the same worker."""

    statuses: dict[tuple[str, str], str]
    honest: dict[tuple[str, str], str]
    result: Result
    refused: str
    seconds: float
    error: BaseException | None = None


class Arena:
    """Attacks in their modes; each mode's are run when the first of them is asked for."""

    def __init__(self, project, manifest, solution_files, selected, tmp_path_factory):
        self.project, self.manifest, self.selected = project, manifest, selected
        self.solution_files = {name: text.encode() for name, text in solution_files.items()}
        self.tmp_path_factory = tmp_path_factory
        self.known_checks: set[tuple[str, str]] = set()
        self._found: dict[str, dict[str, Found]] = {}

    def found(self, mode: str, attack: Attack) -> Found:
        """What became of an attack; a fault of the grader itself is raised here."""
        if mode not in self._found:
            self._found[mode] = self._run(mode)
        found = self._found[mode][attack.name]
        if found.error is not None:
            raise found.error
        return found

    def _run(self, mode: str) -> dict[str, Found]:
        pending = [attack for name, attack in ATTACKS.items() if (mode, name) in self.selected]
        found: dict[str, Found] = {}
        judge = make_judge(self.project, self.manifest, official=True)
        if MODES[mode].checks is not None:
            judge.adopt = only_first(judge, MODES[mode].checks)

        with MODES[mode].open(self.project) as start:

            def body(rerun):
                self.known_checks.update((s.question, s.name) for s in judge.all_specs)
                while pending:
                    attack = pending.pop(0)
                    try:
                        found[attack.name] = one(attack, rerun)
                    except Exception as error:
                        found[attack.name] = Found({}, {}, None, "", 0.0, error)
                        return  # pytest remembers what was raised: start afresh

            def one(attack, rerun):
                before = time.monotonic()
                submission = self._submission(attack)
                statuses, result = grade(submission, attack.questions, rerun, hostile=True)
                seconds = time.monotonic() - before
                honest = Submission("honest", Path("honest"), self.solution_files)
                questions = attack.questions or ("sgd_momentum",)
                after, _ = grade(honest, questions, rerun, hostile=False)
                refused = submission.refused.key if submission.refused else ""
                return Found(statuses, after, result, refused, seconds)

            def grade(submission, questions, rerun, *, hostile):
                with contextlib.closing(start(submission.files, hostile=hostile)) as runner:
                    return judged(submission, runner, questions, rerun)

            def judged(submission, runner: ClosableRunner, questions, rerun):
                judge.begin(runner, SEED)
                rerun(judge.with_prerequisites(questions) if questions else None)
                judge.finish()
                statuses = {key: str(outcome.status) for key, outcome in judge.outcomes.items()}
                return statuses, count(judge, submission, (), 0.0).result

            while pending:
                run_checks(self.project, judge, body)
        return found

    def _submission(self, attack: Attack) -> Submission:
        if attack.is_archive:
            return read_submission(attack.write(self.tmp_path_factory.mktemp(attack.name)))
        files = {name: self.solution_files[name] for name in attack.beside}
        files[attack.file] = attack.source.encode()
        return Submission(attack.name, attack.path, files)


def only_first(judge, count):
    """In place of `judge.adopt`: of each question only the first checks."""
    adopt = judge.adopt

    def adopt_first(items):
        adopt(items)
        seen = Counter()
        for item in list(items):
            question = judge.specs[item.nodeid].question
            seen[question] += 1
            if seen[question] > count:
                items.remove(item)

    return adopt_first


@pytest.fixture(scope="session")
def arena(request, project, manifest, solution_files, tmp_path_factory):
    """The attacks of this run of the tests."""
    parameters = [getattr(item, "callspec", None) for item in request.session.items]
    selected = {
        (callspec.params["mode"], callspec.params["attack"].name)
        for callspec in parameters
        if callspec is not None and {"mode", "attack"} <= callspec.params.keys()
    }
    with leftovers_come_here() as leftovers:
        arena = Arena(project, manifest, solution_files, selected, tmp_path_factory)
        arena.leftovers = leftovers
        yield arena


# What is left behind.


@dataclass(frozen=True)
class Leftovers:
    """What there is on this machine that an attack could have left."""

    processes: frozenset[str]
    files: frozenset[str]
    shared_memory: frozenset[int]


@contextlib.contextmanager
def leftovers_come_here():
    """Become the parent of every orphan among the descendants, so that none can hide."""
    linux = sys.platform == "linux"
    if linux:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = look()
    yield lambda: new_since(before)
    if linux:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def new_since(before: Leftovers, patience: float = 3.0) -> Leftovers:
    """What is there now and was not; a process that is just being killed has a moment to go."""
    deadline = time.monotonic() + patience
    while True:
        now = look()
        new = Leftovers(
            now.processes - before.processes,
            now.files - before.files,
            now.shared_memory - before.shared_memory,
        )
        if not new.processes or time.monotonic() > deadline:
            return new
        time.sleep(0.05)


def look() -> Leftovers:
    """The state of things now."""
    return Leftovers(_children(), _files(), _segments())


def _children() -> frozenset[str]:
    children = set()
    for path in Path("/proc/self/task").glob("*/children"):
        for pid in path.read_text().split():
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{pid}/stat").read_text()
                if status.rpartition(") ")[2][0] != "Z":
                    children.add(f"{pid} {status.partition(' ')[2].partition(')')[0]})")
    return frozenset(children)


def _files() -> frozenset[str]:
    # Others work on the same machine: their files in /tmp are not ours. What attacks write has a
    # mark in its name; the folder that the tests run in is ours alone.
    folders = ["/tmp", "/dev/shm", "/var/tmp", "/run/shm", "/dev/mqueue", str(Path.home())]
    found = {str(path) for folder in folders for path in Path(folder).glob(f"*{MARK}*")}
    for folder, folders_inside, files in os.walk("."):
        folders_inside[:] = [
            name for name in folders_inside if name != "__pycache__" and not name.startswith(".")
        ]
        found |= {os.path.join(folder, name) for name in files}
    return frozenset(found)


def _segments() -> frozenset[int]:
    """The keys of all System V shared memory, semaphores and queues of this machine."""
    keys = set()
    for kind in ("shm", "sem", "msg"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]:
                keys.add(int(line.split()[0]) & 0xFFFF_FFFF)
    return frozenset(keys & {SHARED_MEMORY_KEY})
