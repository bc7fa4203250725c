"""Release: the archives hold what is listed and no more, and students can grade with theirs."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
import zipfile

import pytest

from grader import release
from grader.manifest import load_manifest
from grader.markers import BEGIN, END
from grader.project import Project
from grader.release import ReleaseError, release_solutions, release_student_archive, student_files

FORBIDDEN = re.compile(
    r"(^|/)(solutions|wrong_answers|gradescope|tests|benchmarks|docs|dist)(/|$)"
    r"|(^|/)(\.git[^/]*|\.ci|\.descent|\.venv)(/|$)"
    r"|(^|/)(markers|build|record|release|verify|instructor|classroom|gradebook)\.py$"
    r"|(^|/)__pycache__(/|$)|\.pyc$|^CONTRIBUTING|requirements/dev"
)


@pytest.fixture(scope="module")
def pack(built_tree):
    """Packs the student archive of a copy that is known to be up to date: looking takes seconds."""

    def pack(project, out):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(release.build, "check", lambda project: [])
            return release_student_archive(project, out)

    return pack


@pytest.fixture
def archive(copied_project, pack, tmp_path):
    return pack(copied_project, tmp_path / "out")


def members(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {info.filename: info for info in archive.infolist()}


def test_the_archive_holds_what_is_listed_and_nothing_else(copied_project, archive):
    manifest = load_manifest(copied_project.manifest)
    listed = [f"descent/{name}" for name, _ in student_files(copied_project, manifest)]
    assert len(listed) == len(set(listed))
    assert sorted(members(archive)) == sorted(listed)


def test_files_that_are_not_listed_stay_where_they_are(copied_project, archive, pack, tmp_path):
    """Whatever an instructor leaves lying about, in whichever folder."""
    for name in (
        "assignment/exam.py",
        "grader/secret.py",
        "grader/checks/test_hidden.py",
        "starter_code/mine.py",
        "starter_code/.optim.py.swp",
        "grades.csv",
    ):
        (copied_project.root / name).write_text("secret")
    again = pack(copied_project, tmp_path / "again")
    assert again.read_bytes() == archive.read_bytes()


def test_nothing_of_the_instructors_is_in_the_archive(archive):
    found = [name for name in members(archive) if FORBIDDEN.search(name)]
    assert found == []


def test_no_solution_line_is_in_the_archive(copied_project, archive):
    """Read here by another way than the law reads them."""
    manifest = load_manifest(copied_project.manifest)
    secret = set()
    for name in manifest.files:
        text = (copied_project.solutions / name).read_text()
        for part in text.split(BEGIN)[1:]:
            inside = part.partition(END)[0].splitlines()
            secret |= {line.strip() for line in inside if len(line.strip()) > 20}
    assert len(secret) > 20
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            lines = {
                line.strip() for line in packed.read(name).decode("utf-8", "replace").split("\n")
            }
            assert not secret & lines, name


def test_members_are_plain_files_with_plain_names(archive):
    for name, info in members(archive).items():
        assert name.startswith("descent/")
        assert ".." not in name
        assert not info.is_dir()
        assert stat.S_ISREG(info.external_attr >> 16)
        assert stat.S_IMODE(info.external_attr >> 16) == 0o644


def test_the_handout_is_the_first_thing_a_student_sees(copied_project, archive):
    with zipfile.ZipFile(archive) as packed:
        handout = (copied_project.assignment / "README.md").read_bytes()
        assert packed.read("descent/README.md") == handout


def test_the_same_files_give_the_same_bytes(copied_project, archive, pack, tmp_path):
    first = hashlib.sha256(archive.read_bytes()).hexdigest()
    for path in copied_project.root.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        if path.is_file():
            path.chmod(0o600)
    again = pack(copied_project, tmp_path / "again")
    assert hashlib.sha256(again.read_bytes()).hexdigest() == first
    assert again.name == archive.name


def test_nothing_is_packed_while_something_is_stale(built_toy, tmp_path):
    project = built_toy
    stray = project.expected / "old.frame"
    stray.write_bytes(b"stray")
    with pytest.raises(ReleaseError, match=r"old\.frame.*Run `grader build`, look at what changed"):
        release_student_archive(project, tmp_path / "out")
    stray.unlink()
    (project.starter / "more.py").write_text("# filled in\n")
    with pytest.raises(ReleaseError, match=r"more\.py: changed"):
        release_student_archive(project, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("problem", ["missing", "a link", "a folder"])
def test_a_listed_file_that_is_none_is_named(copied_project, pack, tmp_path, problem):
    path = copied_project.root / "LICENSE"
    path.rename(tmp_path / "elsewhere")
    if problem == "a link":
        path.symlink_to(tmp_path / "elsewhere")
    elif problem == "a folder":
        path.mkdir()
    with pytest.raises(ReleaseError, match=r"LICENSE is on the list .* not a file"):
        pack(copied_project, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))


def test_solutions_are_packed_apart(copied_project, tmp_path):
    path = release_solutions(copied_project, tmp_path / "out")
    with zipfile.ZipFile(path) as packed:
        found = {name: packed.read(name) for name in packed.namelist()}
    assert found == {
        f"descent-solutions/{path.name}": path.read_bytes()
        for path in copied_project.solutions.glob("*.py")
    }


def test_every_listed_file_is_there(project, manifest):
    missing = [name for name, path in student_files(project, manifest) if not path.is_file()]
    assert missing == []


# What a student does with the archive, on a machine that has nothing but the packages.


@pytest.fixture(scope="module")
def unpacked(built_tree, pack, tmp_path_factory):
    """The student archive, unpacked where no other file of the project is."""
    folder = tmp_path_factory.mktemp("a student's folder, größer")
    archive = pack(Project(built_tree), folder)
    shutil.unpack_archive(archive, folder)
    return folder / "descent"


@pytest.fixture(scope="module")
def run_there(unpacked, run_grader):
    """Runs a command there; of this project's own environment it sees the packages alone."""

    def run(*arguments, **environment):
        # Without `site`, no path file leads back to the project that these tests belong to.
        packages = sysconfig.get_path("purelib")
        python = ("-S", "-W", "error", "-X", "warn_default_encoding")
        return run_grader(
            *arguments, cwd=unpacked, python=python, PYTHONPATH=packages, **environment
        )

    return run


def test_students_can_grade_what_they_got(run_there, unpacked):
    done = run_there("grade", "--json", "result.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "0/100" in done.stdout
    result = json.loads((unpacked / "result.json").read_text())
    statuses = {check["status"] for question in result["questions"] for check in question["checks"]}
    assert statuses <= {"missing", "blocked"}
    assert (result["score"], result["max_score"], result["mode"]) == (0.0, 100.0, "practice")


def test_students_can_submit(run_there, unpacked):
    done = run_there("submit")
    assert (done.returncode, done.stderr) == (0, "")
    folder = unpacked / "starter_code"
    handed_in = {path.name for path in folder.iterdir() if path.suffix in (".py", ".ipynb")}
    assert set(members(unpacked / "submission.zip")) == handed_in


def test_students_can_see_inputs(run_there):
    done = run_there("inputs", "adam:follows_the_reference")
    assert (done.returncode, done.stderr) == (0, "")
    assert "np.load" in done.stdout


def test_right_answers_get_full_marks_there(run_there, built_tree, tmp_path):
    done = run_there("grade", built_tree / "solutions", "--fail-under", "100")
    assert (done.returncode, done.stderr) == (0, "")
    assert "100/100" in done.stdout


def test_known_mistakes_are_named_there(run_there, built_tree, tmp_path):
    source = (built_tree / "solutions" / "optim.py").read_text()
    right = "m_hat / (np.sqrt(v_hat)"
    assert right in source
    (tmp_path / "optim.py").write_text(source.replace(right, "m / (np.sqrt(v)"))
    done = run_there("grade", tmp_path, "--question", "adam")
    assert done.returncode == 0
    assert "Exactly what you get when bias correction is left out" in " ".join(done.stdout.split())


def test_students_have_every_module_they_use_and_use_every_one_they_have(unpacked):
    code = """if 1:
        import os, pathlib, runpy, sys
        os._exit = sys.exit
        inputs = ["inputs", "adam:follows_the_reference"]
        written = ["--html", "page.html", "--junit", "result.xml"]
        archive = ["grade", "submission.zip"]
        for arguments in (["grade", *written], ["submit"], archive, inputs):
            sys.argv = ["grader", *arguments]
            try:
                runpy.run_module("grader", run_name="__main__")
            except SystemExit as end:
                assert not end.code, (arguments, end.code)
        here = pathlib.Path.cwd()
        loaded = {getattr(module, "__file__", None) for module in sys.modules.values()}
        print(*(pathlib.Path(f).relative_to(here) for f in loaded if f and f.startswith(str(here))))
    """
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=unpacked,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": sysconfig.get_path("purelib")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    loaded = {name for name in done.stdout.splitlines()[-1].split() if name.startswith("grader/")}
    packed = {path.relative_to(unpacked).as_posix() for path in (unpacked / "grader").rglob("*.py")}
    # Used in other ways: by make, by `python -m`, without typer, by `pytest grader/checks`, in the
    # student process, in notebooks, and in official mode, where the solutions have been handed out.
    elsewhere = {"bootstrap.py", "__main__.py", "plain_cli.py", "checks/conftest.py"}
    elsewhere |= {f"student/inside/{name}.py" for name in ("serve", "start", "zygote")}
    elsewhere |= {f"labs/{name}.py" for name in ("graded", "inline", "steps")}
    elsewhere |= {"answers.py", "merging.py", "pairs.py"}
    assert packed - loaded <= {f"grader/{name}" for name in elsewhere}


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(
            command,
            id=" ".join(command),
        )
        for command in (
            ["build"],
            ["build", "--check"],
            ["verify"],
            ["release"],
            ["release", "--solutions"],
        )
    ],
)
def test_instructors_commands_say_that_they_are_not_there(run_there, command):
    done = run_there(*command)
    assert done.returncode == 2
    assert done.stderr == ("This command is the instructor's; a student's copy does not have it.\n")


def test_official_grading_says_that_it_needs_the_solutions(run_there):
    done = run_there("grade", "--official")
    assert done.returncode == 2
    assert re.fullmatch(r"[^\n]*needs the solutions[^\n]*student's copy[^\n]*\n", done.stderr)
