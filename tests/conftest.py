"""Shared by the tests of the grader: the real project, a small one made up for tests, submissions.

The made-up assignment ("toy") has four functions of one line. Engine tests use it wherever they
can: it is quick, each test can change any part of it, and the engine has never seen it before.
"""

import gc
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

import grader.checks  # before any made-up package of that name  # noqa: F401
from grader.build import build
from grader.manifest import load_manifest
from grader.project import Project
from grader.record import record
from grader.recordings import pack, pack_pairs, pairs_path_of, path_of
from grader.reference import load_solutions
from grader.student.budget import Limits
from grader.student.hosts import Enclosure, open_host
from grader.student.process import StudentProcess
from grader.submission import read_submission

# The same examples in every run, and no deadline: nothing here depends on the machine's speed.
settings.register_profile("descent", derandomize=True, deadline=None)
settings.load_profile("descent")

ROOT = Path(__file__).resolve().parent.parent

TOY_QUESTIONS = """
schema = 1
name = "toy"
title = "A toy assignment"
points = 100
bonus = 7

[limits]
call_seconds = 60.0
check_seconds = 600.0
submission_seconds = 600.0
memory_mib = 1024
output_kib = 4

[[question]]
name = "double"
title = "Twice as much"
points = 40
file = "arithmetic.py"
functions = ["double(x) -> y"]
hint = "Two of them."

[[question]]
name = "halve"
title = "Half as much"
points = 30
file = "arithmetic.py"
functions = ["halve(x, state) -> (y, cache)"]
may_change = ["state"]
stays = ["cache"]
hint = "One of two."

[[question]]
name = "unhalve"
title = "Back again"
points = 20
file = "backward.py"
functions = ["unhalve(dy, cache) -> dx"]
uses = ["halve"]
hint = "The way you came."

[[question]]
name = "together"
title = "Both"
points = 10
uses = ["double", "halve"]
hint = "One after the other."

[[question]]
name = "triple"
title = "Three times as much"
points = 7
bonus = true
file = "more.py"
functions = ["triple(x) -> y"]
hint = "Three of them."
"""

TOY_FILES = {
    "arithmetic.py": """
import numpy as np

def double(x):
    return 2 * x

def halve(x, state):
    state["count"] = state.get("count", 0) + 1
    return x / 2, ("halved", x)
""",
    "backward.py": """
def unhalve(dy, cache):
    word, x = cache
    assert word == "halved" and x.shape == dy.shape
    return dy / 2
""",
    "more.py": """
def triple(x):
    return 3 * x
""",
}

TOY_MARKED = {
    "arithmetic.py": """
def double(x):
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION


def halve(x, state):
    state["count"] = state.get("count", 0) + 1
    # BEGIN SOLUTION
    return x / 2, ("halved", x)
    # END SOLUTION
""",
    "backward.py": """
def unhalve(dy, cache):
    # BEGIN SOLUTION
    return dy / 2
    # END SOLUTION
""",
    "more.py": """
def triple(x):
    # BEGIN SOLUTION
    return 3 * x
    # END SOLUTION
""",
}

TOY_WRONG_ANSWERS = '''
def double_of_the_square(x):
    """the input is squared.

    Try it with 3.

    Seen: here.
    """
    return x * x

def halve_by_three(x, state):
    """three takes the place of two.

    Count to two.

    Seen: here.
    """
    state["count"] = state.get("count", 0) + 1
    return x / 3, ("halved", x)

WRONG_ANSWERS = {"double": [double_of_the_square], "halve": [halve_by_three]}
NOTHING_TO_FOLLOW = [double_of_the_square]
'''

TOY_CHECKS = '''
import numpy as np
from grader.compare import assert_close, fail
from grader.plugin import check


@check("double", weight=3)
def test_doubles(student, reference, rng):
    """Twice as much comes back."""
    for step in (1, 2):
        x = rng.uniform(2.5, 4.0, 5)
        assert_close(student.double(x), reference.double(x), what="y", where=f"call {step}")


@check("double", edge=True)
def test_doubles_nothing(student):
    """Twice nothing is nothing."""
    assert_close(student.double(np.zeros(3)), np.zeros(3), what="y")


@check("double", edge=True)
def test_leaves_x_alone(student, rng):
    """x is not modified."""
    student.double(rng.uniform(1.0, 2.0, 4))
    if student.modified:
        fail("x is not what it was.")


@check("halve")
def test_halves_and_counts(student, reference, rng):
    """Half as much comes back, and the calls are counted."""
    ours, theirs = {}, {}
    for _ in range(3):
        x = rng.uniform(1.0, 2.0, 4)
        y, _ = student.halve(x, ours)
        expected, _ = reference.halve(x, theirs)
        assert_close(y, expected, what="y")
    if ours.get("count") != theirs["count"]:
        fail(f"count is {ours.get('count')} after three calls.")


@check("unhalve")
def test_goes_back(student, reference, verdicts, rng):
    """The way back is right."""
    verdicts.wait_for("halve")
    x, dy = rng.uniform(1.0, 2.0, 4), rng.uniform(1.0, 2.0, 4)
    _, cache = student.halve(x, {})
    expected = reference.computed(lambda f: f.unhalve(dy, f.halve(x, {})[1]))
    assert_close(student.unhalve(dy, cache), expected, what="dx")


@check("together", needs=("double", "halve"))
def test_stays_the_same(student, rng):
    """Doubling what was halved changes nothing."""
    x = rng.uniform(1.0, 2.0, 4)
    y, _ = student.halve(x, {})
    assert_close(student.double(y), x, what="y")


@check("triple")
def test_triples(student, reference, rng):
    """Three times as much comes back."""
    x = rng.uniform(1.0, 2.0, 4)
    assert_close(student.triple(x), reference.triple(x), what="y")
'''


def pytest_configure(config):
    """Some tests import checks, which are marked."""
    config.addinivalue_line("markers", "check(question): a check of the grader")


def pytest_collection_finish():
    """Each grading is a pytest run that collects garbage: let it not look through all of ours."""
    gc.freeze()


@pytest.fixture(scope="session")
def project():
    """The project that these tests belong to."""
    return Project(ROOT)


@pytest.fixture(scope="session")
def manifest(project):
    return load_manifest(project.manifest)


@pytest.fixture(scope="session")
def solution_functions(project, manifest):
    """The right functions, by name."""
    return load_solutions(project, manifest)


@pytest.fixture(scope="session")
def solution_files(project, manifest):
    """The solutions' source, by file."""
    return {file: (project.solutions / file).read_text() for file in manifest.files}


@pytest.fixture(scope="session")
def recorded_project(project, manifest, tmp_path_factory):
    """The project again, with expected values recorded now, whatever state the real ones are in."""
    copy = Project(tmp_path_factory.mktemp("recorded"))
    (copy.root / "grader").mkdir()
    for folder in ("assignment", "solutions", "grader/checks"):
        (copy.root / folder).symlink_to(project.root / folder, target_is_directory=True)
    copy.expected.mkdir()
    for path, content in recorded_files(copy.expected, record(project, manifest)).items():
        path.write_bytes(content)
    return copy


def recorded_files(expected, found):
    """What has been recorded, as files: by path."""
    return {
        where(expected, question): pack_it(recording)
        for question, recording in found.items()
        for where, pack_it in ((path_of, pack), (pairs_path_of, pack_pairs))
    }


@pytest.fixture(scope="session")
def sentences(project):
    """The manifest's part that holds the report's sentences, for other manifests to borrow."""
    text = project.manifest.read_text()
    return text[text.index("[messages]") :]


@pytest.fixture
def toy_files():
    """The toy assignment's right answers, by file: a submission to change and hand in."""
    return dict(TOY_FILES)


@pytest.fixture
def toy_checks():
    """The toy assignment's checks, as text to change."""
    return TOY_CHECKS


@pytest.fixture
def toy_wrong_answers():
    """The toy assignment's wrong answers, as text to change."""
    return TOY_WRONG_ANSWERS


@pytest.fixture
def toy_questions():
    """The toy assignment's questions, as text to change."""
    return TOY_QUESTIONS


@pytest.fixture(scope="session")
def recorded_already():
    """The recordings of toy assignments, by everything that went into them."""
    return {}


@pytest.fixture
def toy(tmp_path, sentences, recorded_already):
    """Makes the toy assignment's folder; every part of it can be replaced.

    `toy(questions=..., checks=..., solutions=..., wrong_answers=..., variants=..., recorded=True)`:
    a Project. Another call replaces it; with recorded=False, what was recorded stays.
    """

    def make(
        *,
        questions=TOY_QUESTIONS,
        messages=sentences,
        checks=TOY_CHECKS,
        solutions=TOY_FILES,
        wrong_answers=TOY_WRONG_ANSWERS,
        variants="",
        recorded=True,
    ):
        made = Project(tmp_path / "toy")
        others = ("wrong_answers", "accepted_variants")
        for folder in (made.assignment, *(made.solutions / name for name in others), made.checks):
            folder.mkdir(parents=True, exist_ok=True)
        made.manifest.write_text(questions + "\n" + messages, encoding="utf-8")
        for name, source in solutions.items():
            (made.solutions / name).write_text(source, encoding="utf-8")
        (made.solutions / "wrong_answers" / "arithmetic.py").write_text(wrong_answers)
        (made.solutions / "accepted_variants" / "arithmetic.py").write_text(variants)
        (made.checks / "test_toy.py").write_text(checks, encoding="utf-8")
        sys.modules.pop("grader.checks.test_toy", None)  # of an earlier call
        made.expected.mkdir(exist_ok=True)
        if recorded:
            parts = (questions, messages, checks, *solutions.items(), wrong_answers, variants)
            if parts not in recorded_already:
                found = record(made, load_manifest(made.manifest))
                files = recorded_files(made.expected, found)
                recorded_already[parts] = {path.name: content for path, content in files.items()}
            for name, content in recorded_already[parts].items():
                (made.expected / name).write_bytes(content)
        return made

    return make


@pytest.fixture(scope="session")
def why(manifest):
    """The sentence by which a submission is refused, or "": `why(read_submission(path))`."""

    def say(submission):
        return manifest.say("unreadable", why=submission.refused) if submission.refused else ""

    return say


@pytest.fixture
def submission(tmp_path):
    """Writes files to a folder and reads them as a submission: `submission({"a.py": "..."})`."""
    made = []

    def make(files):
        folder = tmp_path / f"submission-{len(made)}"
        made.append(folder)
        folder.mkdir()
        for name, source in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(source.encode() if isinstance(source, str) else source)
        return read_submission(folder)

    return make


@pytest.fixture(scope="session")
def host(project):
    """What student processes are started by, as in a practice grading on this machine."""
    host = open_host(Enclosure(project.assignment))
    yield host
    host.close()


@pytest.fixture(scope="session")
def unconfined(project):
    """A host without the layers that keep a process from forking, threading and signalling."""
    host = open_host(Enclosure(project.assignment, without=frozenset({"rlimits", "seccomp"})))
    yield host
    host.close()


@pytest.fixture
def start(project, host):
    """Starts a student process on one file, `start("def f(x): ...", memory_bytes=...)`.

    The deadline is far beyond what any working call takes; a test of something that hangs sets a
    short one for that call alone.
    """
    started = []

    def make(source, *, more=None, host=host, seed=0, **limits):
        source = source.encode() if isinstance(source, str) else source
        generous = {"call_seconds": 60.0, "check_seconds": 600.0, "submission_seconds": 600.0}
        chosen = Limits(**{**generous, **limits})
        files = {"work.py": source, **(more or {})}
        process = StudentProcess(files, project.assignment, chosen, host, seed)
        started.append(process)
        return process

    yield make
    for process in started:
        process.close()


@pytest.fixture
def marked_files():
    """The toy assignment's right answers with markers, by file."""
    return dict(TOY_MARKED)


@pytest.fixture(scope="session")
def built_already():
    """What was derived of the toy assignment, by path: filled by the first who needs it."""
    return {}


@pytest.fixture
def built_toy(toy, marked_files, built_already):
    """The toy assignment with markers in its solutions and everything derived."""
    made = toy(solutions=marked_files, recorded=False)
    if not built_already:
        build(made)
        for path in (*made.starter.iterdir(), *made.expected.iterdir()):
            built_already[path.relative_to(made.root)] = path.read_bytes()
    made.starter.mkdir(exist_ok=True)
    for name, content in built_already.items():
        (made.root / name).write_bytes(content)
    return made


@pytest.fixture(autouse=True)
def _fresh_checks():
    """Forget imported checks: pytest would take those of an earlier project in this process."""
    for name in [name for name in sys.modules if name.startswith("grader.checks.test_")]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def built_tree(project, manifest, tmp_path_factory):
    """A copy of the whole project, derived anew; for `copied_project` to copy."""
    root = tmp_path_factory.mktemp("built") / "descent"
    skipped = shutil.ignore_patterns("__pycache__", "expected")
    for name in ("assignment", "grader", "solutions", "requirements"):
        shutil.copytree(project.root / name, root / name, ignore=skipped)
    for name in ("LICENSE", "Makefile", "README.md", "pyproject.toml"):
        shutil.copy(project.root / name, root)
    build(Project(root))
    return root


@pytest.fixture
def copied_project(built_tree, tmp_path):
    """A copy of the project, up to date in everything derived, to change and to break."""
    return Project(shutil.copytree(built_tree, tmp_path / "descent"))


@pytest.fixture(scope="session")
def run_grader():
    """Runs `python -m grader ...` in a folder, with no more environment than is given.

    `run_grader("grade", "--json", path, cwd=folder, NO_COLOR="1")`: what `subprocess.run` returns.
    """

    def run(*arguments, cwd, python=(), **environment):
        return subprocess.run(
            [sys.executable, *python, "-m", "grader", *map(str, arguments)],
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            encoding=environment.get("PYTHONIOENCODING", "utf-8"),
            stdin=subprocess.DEVNULL,
            timeout=300,
        )

    return run
