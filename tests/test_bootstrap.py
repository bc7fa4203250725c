"""Setting up .venv, through the command a Makefile runs: what a user reads, and what heals."""

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

fcntl = pytest.importorskip("fcntl", reason="Windows sets up without make")
ROOT = Path(__file__).resolve().parent.parent

# A Python that has no packages of its own to lend.
BARE = (sys.executable, "-I", "-S")

# Runs bootstrap with some of the commands it starts answered by the test: `refuse` maps a word of
# a command to what it prints in place of succeeding; None is Ctrl-C.
WITH_REFUSALS = """
import sys
sys.path.insert(0, "grader")
import bootstrap
refuse, real = {refuse!r}, bootstrap.Venv.run
def run(self, *command):
    for word, output in refuse.items():
        if word in command:
            if output is None:
                raise KeyboardInterrupt
            return False, output
    return real(self, *command)
bootstrap.Venv.run = run
sys.exit(bootstrap.main(["grade"], version={version!r}))
"""


@pytest.fixture
def project(tmp_path):
    """A project that needs nothing, in a folder with an awkward name."""
    folder = tmp_path / "Descent à la 中"
    for name in ("grader", "requirements"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "grader" / "bootstrap.py", folder / "grader")
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "requirements" / "grade.txt").write_text("# nothing\n")
    (folder / "requirements" / "dev.txt").write_text("# nothing\n")
    return folder


def lean_on(project, *packages):
    """Let the project ask for packages that no one can fetch."""
    lines = [f"{package} --hash=sha256:{'0' * 64}\n" for package in packages]
    (project / "requirements" / "grade.txt").write_text("".join(lines))


def offline(**more):
    """An environment in which pip finds no index, whatever the machine's own settings are."""
    foreign = ("PIP_", "PYTHON", "WHEELHOUSE")
    mine = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**mine, "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", **more}


def bootstrap(project, *arguments, python=(sys.executable,), **environment):
    command = [*python, "grader/bootstrap.py", *(arguments or ["grade"])]
    return run(project, command, **environment)


def run(project, command, **environment):
    return subprocess.run(
        command, cwd=project, env=offline(**environment), capture_output=True, encoding="utf-8"
    )


def with_refusals(project, version=(3, 11, 0), **refuse):
    code = WITH_REFUSALS.format(refuse=refuse, version=version)
    return run(project, [*BARE, "-c", code])


def sentence(done, code):
    """What a failed run says after its line of progress: one line."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    told = [line for line in lines if not line.startswith(("Setting up .venv (", "Updating "))]
    assert len(told) == 1, done.stderr
    assert done.stdout == ""
    return told[0]


def fake_venv(project):
    """A working environment without packages or pip, which takes no time to make."""
    command = [sys.executable, "-m", "venv", "--without-pip", project / ".venv"]
    subprocess.run(command, check=True)
    return project / ".venv"


def library(venv):
    return next((venv / "lib").glob("python*")) / "site-packages"


def give_package(folder, name, version):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(f"__version__ = {version!r}\n")


def test_an_old_python_can_read_it():
    source = (ROOT / "grader" / "bootstrap.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    imported = {
        (node.module or "").partition(".")[0]
        if isinstance(node, ast.ImportFrom)
        else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert imported <= sys.stdlib_module_names


def test_an_old_python_is_told_so(project):
    told = sentence(with_refusals(project, version=(3, 8, 10)), 2)
    assert told.startswith("Descent needs Python 3.11 or newer; this is 3.8.10 (")
    assert "make PYTHON=python3.12 grade" in told
    assert not (project / ".venv").exists()


def test_an_unknown_set_is_wrong_usage(project):
    done = bootstrap(project, "everything")
    assert done.returncode == 2
    assert "everything" in done.stderr


def test_sets_up_and_then_updates(project):
    """The one run here that installs pip as a user's does."""
    done = bootstrap(project)
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("Setting up .venv (once, about a minute) ...\n")
    version = run(project, [".venv/bin/python", "-V"]).stdout
    assert (project / ".venv" / ".descent-grade").read_text() == version
    assert not (project / ".venv" / ".descent-unfinished").exists()

    updated = bootstrap(project)
    assert updated.returncode == 0
    assert updated.stderr.startswith("Updating .venv ...\n")


def test_dev_stands_for_what_tests_need(project):
    venv = fake_venv(project)
    done = bootstrap(project, "dev")
    assert done.returncode == 0, done.stderr
    stamps = {stamp.name for stamp in venv.glob(".descent-*")}
    assert stamps == {".descent-grade", ".descent-data", ".descent-dev"}


def test_another_place_than_dot_venv(project, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    venv = fake_venv(tmp_path / "elsewhere")
    done = bootstrap(project, "grade", "--venv", str(venv))
    assert done.returncode == 0, done.stderr
    assert (venv / ".descent-grade").exists()
    assert not (project / ".venv").exists()


def test_user_settings_of_pip_do_not_leak_in(project, tmp_path):
    venv = fake_venv(project)
    lean_on_wheel(project, tmp_path / "wheels")
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nuser = true\nrequire-virtualenv = true\n")
    done = bootstrap(
        project,
        WHEELHOUSE=str(tmp_path / "wheels"),
        PIP_CONFIG_FILE=str(settings),
        PIP_USER="1",
        PIP_REQUIRE_VIRTUALENV="1",
        PIP_TARGET=str(tmp_path / "target"),
    )
    assert done.returncode == 0, done.stderr
    assert (library(venv) / "tiny.py").exists()
    assert not (tmp_path / "target").exists()


def lean_on_wheel(project, wheelhouse):
    """Let the project ask for a package that is in the wheelhouse."""
    wheelhouse.mkdir()
    wheel = wheelhouse / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        about = "tiny-1.0.dist-info"
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    digest = subprocess.run(
        [sys.executable, "-m", "pip", "hash", wheel], capture_output=True, text=True, check=True
    ).stdout.split()[-1]
    (project / "requirements" / "grade.txt").write_text(f"tiny==1.0 {digest}\n")


def test_a_wheelhouse_that_lacks_something_names_it(project, tmp_path):
    fake_venv(project)
    lean_on(project, "tiny==1.0")
    told = sentence(bootstrap(project, python=BARE, WHEELHOUSE=str(tmp_path)), 3)
    assert "has no tiny==1.0" in told
    assert "pip download" in told


def test_a_wheelhouse_that_is_not_there(project):
    assert sentence(bootstrap(project, WHEELHOUSE="no/such"), 2) == (
        "WHEELHOUSE=no/such is not a folder."
    )


@pytest.mark.parametrize("index", [None, "http://127.0.0.1:9/simple"])
def test_offline_without_numpy(project, index):
    fake_venv(project)
    lean_on(project, "numpy==99.0")
    settings = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": index, "PIP_RETRIES": "0"} if index else {}
    told = sentence(bootstrap(project, python=BARE, **settings), 3)
    assert "No package index answers" in told
    assert "numpy" in told
    assert "WHEELHOUSE" in told
    assert not (project / ".venv" / ".descent-grade").exists()


def test_offline_with_numpy_and_pytest_goes_on_with_those(project, tmp_path):
    venv = fake_venv(project)
    lean_on(project, "numpy==99.0")
    lent = tmp_path / "site-packages"
    give_package(lent, "numpy", "2.1.0")
    give_package(lent, "pytest", "8.3.0")
    done = bootstrap(project, PYTHONPATH=str(lent))
    assert done.returncode == 0, done.stderr
    assert "going on with the numpy 2.1.0 and pytest 8.3.0 found here" in done.stderr
    python = str(venv / "bin" / "python")
    assert run(project, [python, "-c", "import numpy"]).returncode == 0

    # What needs more than that fails, and takes nothing away.
    (project / "requirements" / "data.txt").write_text(f"tiny==1 --hash=sha256:{'0' * 64}\n")
    assert bootstrap(project, "data", PYTHONPATH=str(lent)).returncode == 3
    assert run(project, [python, "-c", "import numpy"]).returncode == 0
    assert not (venv / ".descent-unfinished").exists()

    # With a connection again, nothing stays borrowed.
    (project / "requirements" / "grade.txt").write_text("# nothing\n")
    assert bootstrap(project).returncode == 0
    assert not list(library(venv).glob("*borrowed*"))


@pytest.mark.parametrize(("numpy", "tester"), [("1.26.4", "8.3.0"), ("2.1.0", "7.4.4")])
def test_offline_with_packages_that_are_too_old(project, tmp_path, numpy, tester):
    venv = fake_venv(project)
    lean_on(project, "numpy==99.0")
    lent = tmp_path / "site-packages"
    give_package(lent, "numpy", numpy)
    give_package(lent, "pytest", tester)
    code = WITH_REFUSALS.format(refuse={}, version=(3, 11))
    code = f"import sys; sys.path.append({str(lent)!r})\n{code}"
    told = sentence(run(project, [*BARE, "-c", code]), 3)
    assert "No package index answers" in told
    assert not list(library(venv).glob("*borrowed*"))


def test_a_failed_update_leaves_the_environment_in_use(project):
    venv = fake_venv(project)
    give_package(library(venv), "numpy", "2.1.0")
    give_package(library(venv), "pytest", "8.3.0")
    assert bootstrap(project).returncode == 0
    (project / "requirements" / "data.txt").write_text(f"tiny==1 --hash=sha256:{'0' * 64}\n")
    assert bootstrap(project, "data").returncode == 3
    assert (venv / ".descent-grade").exists()
    assert not (venv / ".descent-unfinished").exists()


def test_an_interrupted_update_is_made_good(project):
    venv = fake_venv(project)
    assert bootstrap(project).returncode == 0
    (venv / "half a package").write_text("")
    told = sentence(with_refusals(project, **{"--require-hashes": None}), 130)
    assert told == "Set-up was interrupted; run it again to go on."
    assert with_refusals(project, ensurepip="No module named ensurepip").returncode == 0
    assert not (venv / "half a package").exists()


def test_no_pip_to_be_had(project):
    refuse = {"ensurepip": "No module named ensurepip", "import pip": "no"}
    told = sentence(with_refusals(project, **refuse), 3)
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    assert f"sudo apt install {package}" in told


def test_without_ensurepip_the_pip_of_this_python_is_used(project):
    done = with_refusals(project, ensurepip="No module named ensurepip")
    assert done.returncode == 0, done.stderr
    assert (project / ".venv" / ".descent-grade").exists()


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("Error: [Errno 13] Permission denied: '.venv'", "Cannot write to .venv"),
        ("/usr/bin/python3: No module named venv", "sudo apt install python3"),
    ],
)
def test_failures_of_the_system_are_named(project, output, told):
    assert told in sentence(with_refusals(project, venv=output), 3)


def test_other_failures_of_pip_show_its_last_lines(project):
    fake_venv(project)
    done = with_refusals(project, **{"--require-hashes": "HASHES DO NOT MATCH"})
    assert done.returncode == 3
    assert done.stderr.endswith("HASHES DO NOT MATCH\n")
    assert "Traceback" not in done.stderr


def test_a_project_that_cannot_be_installed_is_no_obstacle(project):
    """There is no hatchling in the environment, so the editable install fails."""
    fake_venv(project)
    done = bootstrap(project)
    assert done.returncode == 0
    assert "`python -m grader` does the same" in done.stderr


@pytest.mark.parametrize("damage", ["interrupted", "python removed", "python upgraded"])
def test_a_broken_environment_is_made_anew(project, damage):
    venv = project / ".venv"
    fake_venv(project)
    (venv / "left over").write_text("")
    if damage == "interrupted":
        (venv / ".descent-unfinished").write_text("")
    elif damage == "python removed":
        (venv / "bin" / "python").unlink()
        (venv / "bin" / "python").symlink_to("/nowhere/python")
    else:
        library(venv).parent.rename(venv / "lib" / "python3.1")
    done = with_refusals(project, ensurepip="No module named ensurepip")
    assert done.returncode == 0, done.stderr
    assert not (venv / "left over").exists()
    assert (venv / ".descent-grade").exists()


def test_a_file_in_the_way_is_named(project):
    (project / ".venv").write_text("")
    done = bootstrap(project)
    assert done.returncode == 3
    assert "Setting up .venv failed" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_environment_made_by_hand_is_kept(project):
    venv = fake_venv(project)
    give_package(library(venv), "mine", "1")
    assert bootstrap(project).returncode == 0
    assert (library(venv) / "mine.py").exists()


def test_a_second_set_up_waits_for_the_first(project):
    fake_venv(project)
    with open(project / "grader" / "bootstrap.py") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        command = [sys.executable, "grader/bootstrap.py", "grade"]
        with subprocess.Popen(
            command, cwd=project, env=offline(), stderr=subprocess.PIPE, encoding="utf-8"
        ) as second:
            assert second.stderr.readline() == "Waiting for another set-up to end ...\n"
            assert not (project / ".venv" / ".descent-grade").exists()
            fcntl.flock(busy, fcntl.LOCK_UN)
            second.communicate(timeout=60)
    assert second.returncode == 0
    assert (project / ".venv" / ".descent-grade").exists()
