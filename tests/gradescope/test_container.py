"""Submissions in a Gradescope container, through its scripts: always complete, always valid."""

import io
import json
import sys
import tarfile
import zipfile

import pytest

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Gradescope grades on Linux"
)

# Reads the solutions, the seed and the results' folder, if it can, and does harm besides.
HOSTILE = """
import json, os, signal

def steal(*arguments):
    for path in ("{solution}", "/proc/%d/root{solution}" % os.getppid()):
        space = {{}}
        exec(open(path).read(), space)
        return space["sgd_momentum"](*arguments)

def sgd_momentum(w, dw, config=None):
    try:
        open("{results}", "w").write('{{"score": 100, "tests": []}}')
    except OSError:
        pass
    return steal(w, dw, config)

def rmsprop(w, dw, config=None):
    os.kill(os.getppid(), signal.SIGKILL)

def adam(w, dw, config=None):
    print('{{"score": 100}}', flush=True)
    os._exit(0)
"""


@pytest.fixture(scope="module")
def names(solution_files, owners):
    """The numbers and names of all tests, in the order of the results."""
    tree, _ = owners.run(solution_files)
    return [(test["number"], test["name"]) for test in tree["tests"]]


def test_the_image_says_what_it_found(built):
    _, done = built
    assert done.returncode == 0, done.stderr
    assert "Isolation: " in done.stdout
    assert "The solutions get 100 of 100, and all 20 of the bonus." in done.stdout


def test_a_full_solution_gets_everything(container, solution_files):
    tree, done = container.run(solution_files)
    assert (tree["score"], done.returncode) == (100, 0)
    assert {test["status"] for test in tree["tests"]} == {"passed"}
    assert sum(test["score"] for test in tree["tests"]) == pytest.approx(120)
    assert {"rlimits", "landlock", "seccomp"} <= set(tree["extra_data"]["isolation"]) or (
        "uid" in tree["extra_data"]["isolation"]
    )


def test_an_unfinished_one_gets_nothing_and_reads_why(container, project, names):
    files = {path.name: path.read_bytes() for path in project.starter.glob("*.py")}
    tree, _ = container.run(files)
    assert tree["score"] == 0
    assert [(test["number"], test["name"]) for test in tree["tests"]] == names
    assert "not written yet" in tree["tests"][0]["output"]
    assert all(test["output"] for test in tree["tests"])


def test_a_hostile_one_gets_a_complete_result_of_nothing(container, names):
    layout = container.layout
    solution = layout.source / "solutions" / "optim.py"
    hostile = HOSTILE.format(solution=solution, results=layout.results)
    tree, done = container.run({"optim.py": hostile, "normalization.py": "import os; os._exit(0)"})
    assert (tree["score"], done.returncode) == (0, 0)
    assert [(test["number"], test["name"]) for test in tree["tests"]] == names
    text = json.dumps(tree)
    assert layout.seed.read_text().strip() not in text
    assert "velocity" not in text, "a line of the solution, quoted in a message"


def test_equal_code_has_equal_results(container, solution_files):
    wrong = solution_files["optim.py"].replace("momentum", "learning_rate")
    first, second = (container.run({"optim.py": wrong})[0] for _ in range(2))
    for tree in (first, second):
        del tree["execution_time"]
    assert first == second
    assert first["score"] < 100


def test_the_seed_and_the_solutions_are_the_owners(container):
    layout = container.layout
    assert layout.seed.stat().st_mode & 0o777 == 0o600
    assert (layout.source / "solutions").stat().st_mode & 0o077 == 0
    assert int(layout.seed.read_text()).bit_length() > 64, "too short to be guessed"
    before = layout.seed.read_bytes()
    assert container.prepare().returncode == 0
    assert layout.seed.read_bytes() == before, "an image has one seed, however often it is tried"


@pytest.mark.parametrize("metadata", [None, "", "{", "[]", '{"previous_submissions": 3}'])
def test_metadata_may_be_missing_or_garbage(owners, solution_files, metadata):
    tree, done = owners.run({"optim.py": solution_files["optim.py"]}, metadata)
    assert 0 < tree["score"] < 100
    assert tree["extra_data"]["attempt"] == 1
    assert done.returncode == 0


def test_what_the_metadata_say_is_kept(owners):
    metadata = {
        "created_at": "2026-03-02T10:00:00Z",
        "assignment": {"due_date": "2026-03-01T22:59:00+01:00"},
        "previous_submissions": [{}, {}],
    }
    tree, _ = owners.run({}, metadata)
    assert tree["extra_data"]["attempt"] == 3
    assert tree["extra_data"]["due"] == "2026-03-01T21:59:00+00:00"
    assert tree["extra_data"]["submitted_at"] == "2026-03-02T10:00:00+00:00"


def test_nothing_handed_in_is_a_complete_result_of_nothing(owners, names):
    tree, done = owners.run({})
    assert (tree["score"], len(tree["tests"]), done.returncode) == (0, len(names), 0)
    assert "optim.py" in tree["tests"][0]["output"]


def test_one_archive_in_the_folder_is_the_submission(owners, solution_files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for name, text in solution_files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    assert owners.run({"mine.tar.gz": buffer.getvalue()})[0]["score"] == 100
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("../optim.py", solution_files["optim.py"])
    tree, _ = owners.run({"bad.zip": buffer.getvalue()})
    assert tree["score"] == 0


def test_a_grader_that_fails_gives_no_score_and_tells_the_staff(owners):
    seed = owners.layout.seed.read_bytes()
    owners.layout.seed.write_text("no number")
    try:
        tree, done = owners.run({})
    finally:
        owners.layout.seed.write_bytes(seed)
    assert "score" not in tree
    assert "please tell the course staff" in tree["output"]
    assert (tree["stdout_visibility"], done.returncode) == ("hidden", 3)
    assert "Run the autograder again" in done.stdout


def test_without_a_submissions_folder_there_is_no_score(owners):
    tree, done = owners.run(None)
    assert ("score" in tree, done.returncode) == (False, 3)
    assert "submission does not exist" in done.stdout


@pytest.mark.parametrize("prepared", [True, False])
def test_there_are_results_even_where_python_does_not_start(owners, tmp_path, prepared):
    python, kept = owners.layout.source / ".venv/bin/python", tmp_path / "python"
    withheld, also_kept = owners.layout.withheld, tmp_path / "withheld.json"
    python.rename(kept)
    if not prepared:
        withheld.rename(also_kept)
    try:
        tree, done = owners.run({})
    finally:
        kept.rename(python)
        if not prepared:
            also_kept.rename(withheld)
    assert ("score" in tree, done.returncode != 0) == (False, True)
    assert ("output" in tree) == prepared


def test_the_results_folder_need_not_be_there(owners):
    owners.layout.results.unlink(missing_ok=True)
    owners.layout.results.parent.rmdir()
    tree, _ = owners.run({})
    assert tree["score"] == 0
    assert [path.name for path in owners.layout.results.parent.iterdir()] == ["results.json"]


def test_the_courses_rules_hold_there(owners, solution_files):
    manifest = owners.layout.source / "assignment" / "questions.toml"
    kept = manifest.read_text()
    rules = kept.replace('diagnoses = "always"', "diagnoses = 2")
    rules = rules.replace(
        "manual_counts = false\n",
        'manual_counts = false\n[class.checks]\nadam = "after_due_date"\n',
    )
    manifest.write_text(rules)
    wrong = {"optim.py": solution_files["optim.py"].replace("m_hat / (np", "m / (np")}
    try:
        first, _ = owners.run(wrong)
        second, _ = owners.run(wrong, {"previous_submissions": [{}]})
    finally:
        manifest.write_text(kept)
    shown = {test["extra_data"]["question"]: test["visibility"] for test in first["tests"]}
    assert (shown["adam"], shown["rmsprop"]) == ("after_due_date", "visible")
    assert "so is the total" in first["output"]
    assert ["Exactly what" in json.dumps(tree) for tree in (first, second)] == [False, True]
