"""Shared by the tests of the grader: the real project, a small one made up for tests, submissions.

The made-up assignment ("toy") has four functions of one line. Engine tests use it wherever they can:
it is quick, each test can change any part of it, and the engine has never seen it before.
"""

from pathlib import Path

import pytest

from grader.manifest import load_manifest
from grader.project import Project
from grader.record import record
from grader.recordings import pack, path_of
from grader.reference import load_solutions
from grader.student.process import Limits, StudentProcess
from grader.submission import read_submission

ROOT = Path(__file__).resolve().parent.parent

TOY_QUESTIONS = """
schema = 1
name = "toy"
title = "A toy assignment"
points = 100
bonus = 7

[limits]
call_seconds = 60.0
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
from grader.compare import assert_close, fail, note
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
    for question, recording in record(project, manifest).items():
        path_of(copy.expected, question).write_bytes(pack(recording))
    return copy


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
def toy(tmp_path, sentences):
    """Makes the toy assignment's folder; every part of it can be replaced.

    `toy(questions=..., checks=..., solutions=..., wrong_answers=..., recorded=True)`: a Project.
    """

    def make(
        *,
        questions=TOY_QUESTIONS,
        messages=sentences,
        checks=TOY_CHECKS,
        solutions=TOY_FILES,
        wrong_answers=TOY_WRONG_ANSWERS,
        recorded=True,
    ):
        made = Project(tmp_path / "toy")
        for folder in (made.assignment, made.solutions / "wrong_answers", made.checks):
            folder.mkdir(parents=True, exist_ok=True)
        made.manifest.write_text(questions + "\n" + messages, encoding="utf-8")
        for name, source in solutions.items():
            (made.solutions / name).write_text(source, encoding="utf-8")
        (made.solutions / "wrong_answers" / "arithmetic.py").write_text(wrong_answers)
        (made.checks / "test_toy.py").write_text(checks, encoding="utf-8")
        made.expected.mkdir(exist_ok=True)
        if recorded:
            for question, recording in record(made, load_manifest(made.manifest)).items():
                path_of(made.expected, question).write_bytes(pack(recording))
        return made

    return make


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


@pytest.fixture
def start(project):
    """Starts a student process on one file, `start("def f(x): ...", memory_bytes=...)`.

    The deadline is far beyond what any working call takes; a test of something that hangs sets a
    short one for that call alone.
    """
    started = []

    def make(source, *, more=None, **limits):
        source = source.encode() if isinstance(source, str) else source
        chosen = Limits(**{"call_seconds": 60.0, "submission_seconds": 600.0, **limits})
        files = {"work.py": source, **(more or {})}
        process = StudentProcess(files, project.assignment, chosen)
        started.append(process)
        return process

    yield make
    for process in started:
        process.close()
