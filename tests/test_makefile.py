"""The Makefile: its help, and the command behind each target."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")

STUDENTS = {"grade", "submit", "jupyter", "data", "setup", "clean"}
INSTRUCTORS = {"build", "verify", "verify-full", "labs"}
INSTRUCTORS |= {"release", "release-solutions", "grade-class"}
SETS = ("grade", "data", "labs", "dev")
DEVELOPERS = {"bench", "test", "lint", "format", "lock"}

# Stands in for the environment's Python: shows its arguments, one in each pair of brackets.
FAKE_PYTHON = """#!/bin/sh
if [ "$1" = -V ]; then echo 'Python 3.99.0'; exit; fi
printf '[%s]' "$@"; echo
"""


@pytest.fixture
def project(tmp_path):
    """An instructor's project whose environment is up to date, and only prints."""
    folder = tmp_path / "a project"
    for name in ("solutions", "grader", "requirements", ".venv/bin"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", folder)
    sources = ["pyproject.toml", "grader/bootstrap.py"]
    for name in sources + [f"requirements/{group}.txt" for group in SETS]:
        (folder / name).write_text("")
    python = folder / ".venv" / "bin" / "python"
    python.write_text(FAKE_PYTHON)
    python.chmod(0o755)
    for group in SETS:
        (folder / ".venv" / f".descent-{group}").write_text("Python 3.99.0\n")
    return folder


def make(project, *arguments, **environment):
    mine = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=project,
        env={**mine, **environment},
        capture_output=True,
        text=True,
    )


def shown(project, *arguments, **environment):
    done = make(project, *arguments, **environment)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.splitlines()


def targets_in_help(project):
    return {line.split()[1] for line in shown(project) if line.startswith("  make ")}


def test_help_lists_every_target_in_its_group(project):
    lines = shown(project)
    heads = [line for line in lines if line and not line.startswith(" ")]
    assert heads == ["Students", "Instructors", "Developers of this project"]
    assert targets_in_help(project) == STUDENTS | INSTRUCTORS | DEVELOPERS
    assert max(map(len, lines)) <= 100


def test_a_student_sees_only_what_works_without_solutions(project):
    (project / "solutions").rmdir()
    assert targets_in_help(project) == STUDENTS
    assert "Instructors" not in make(project).stdout
    assert "No rule to make target" in make(project, "verify").stderr


@pytest.mark.parametrize(
    ("target", "command"),
    [
        ("submit", "[-m][grader][submit]"),
        ("data", "[-m][grader][data]"),
        ("labs", "[-m][grader][labs]"),
        ("build", "[-m][grader][build]"),
        ("verify", "[-m][grader][verify]"),
        ("verify-full", "[-m][grader][verify][--mutants]"),
        ("release", "[-m][grader][release]"),
        ("release-solutions", "[-m][grader][release][--solutions]"),
        ("test", "[-m][pytest][-n][logical][--dist][loadfile]"),
    ],
)
def test_the_command_behind_a_target(project, target, command):
    assert shown(project, target) == [command]
    assert shown(project, target, "ARGS=-x 'two words'") == [f"{command}[-x][two words]"]


def test_the_labs_are_opened_in_jupyterlab(project):
    assert shown(project, "jupyter") == ["[-m][jupyterlab][starter_code]"]
    assert shown(project, "jupyter", "ARGS=--no-browser") == [
        "[-m][jupyterlab][--no-browser][starter_code]"
    ]


def test_lint_checks_format_style_and_types(project):
    assert shown(project, "lint") == [
        "[-m][ruff][format][--check][.]",
        "[-m][ruff][check][.]",
        "[-m][mypy]",
    ]


def test_the_benchmarks_end_with_their_page(project):
    page = "[-m][benchmarks.page]"
    lines = shown(project, "bench")
    assert lines[-1] == page
    assert "[-m][benchmarks.growth]" in lines
    for line in lines:
        module = line.removeprefix("[-m][benchmarks.").removesuffix("]")
        assert (ROOT / "benchmarks" / f"{module}.py").is_file()
    assert shown(project, "bench", "ROWS=cluster", "ARGS=--rounds 2") == [
        "[-m][benchmarks.cluster][--rounds][2]",
        page,
    ]


@pytest.mark.parametrize("name", ["my homework", 'John\'s "best" (2)', "-odd; echo", "déjà"])
def test_any_folder_name_can_be_graded(project, name):
    assert shown(project, "grade", f"SUBMISSION={name}") == [f"[-m][grader][grade][--][{name}]"]
    assert shown(project, "grade", SUBMISSION=name) == [f"[-m][grader][grade][--][{name}]"]


def test_options_of_grade_come_before_the_folder(project):
    assert shown(project, "grade") == ["[-m][grader][grade][--][starter_code]"]
    assert shown(project, "grade", "QUESTION=adam rmsprop", "ARGS=--json 'my result'") == [
        "[-m][grader][grade][--question][adam][--question][rmsprop]"
        "[--json][my result][--][starter_code]"
    ]


def test_every_target_brings_the_environment_up_to_date_first(project):
    """Each needs its own set of packages, and no more."""
    shutil.rmtree(project / ".venv")
    sets = {target: "dev" for target in INSTRUCTORS | DEVELOPERS - {"lock"}}
    sets |= {"grade": "grade", "submit": "grade"}
    sets |= {"data": "data", "jupyter": "labs", "setup": "dev"}
    for target, group in sets.items():
        planned = "\n".join(shown(project, "-n", target))
        assert f"grader/bootstrap.py {group} --venv '.venv'" in planned, target


@pytest.mark.parametrize("change", ["upgraded", "removed", "interrupted", "pins"])
def test_an_environment_out_of_date_is_updated(project, change):
    venv = project / ".venv"
    if change == "upgraded":
        (venv / ".descent-grade").write_text("Python 3.98.0\n")
    elif change == "removed":
        (venv / "bin" / "python").unlink()
        (venv / "bin" / "python").symlink_to("/nowhere/python")
    elif change == "interrupted":
        (venv / ".descent-unfinished").write_text("")
    else:
        late = (venv / ".descent-grade").stat().st_mtime + 10
        os.utime(project / "requirements" / "grade.txt", (late, late))
    assert "bootstrap.py grade" in make(project, "-n", "grade").stdout


def test_no_python_is_one_sentence(project):
    shutil.rmtree(project / ".venv")
    done = make(project, "grade", "PYTHON=no-such-python")
    assert done.returncode != 0
    first = done.stderr.splitlines()[0]
    assert first.startswith("Cannot find no-such-python: install Python 3.11 or newer")


def test_settings_of_another_python_do_not_reach_the_grader(project):
    script = '#!/bin/sh\n[ "$1" = -V ] && echo Python 3.99.0 || echo "[$PYTHONHOME$PYTHONPATH]"\n'
    (project / ".venv" / "bin" / "python").write_text(script)
    assert shown(project, "grade", PYTHONHOME="/home", PYTHONPATH="/path") == ["[]"]
