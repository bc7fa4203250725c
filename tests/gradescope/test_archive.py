"""The archive for Gradescope: what is in it, under which names, and that nothing is missing."""

import re
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest

from grader.gradescope.archive import GRADER_FILES, SCRIPTS, autograder_files, release_autograder
from grader.project import Project
from grader.release import STUDENT_FILES, ReleaseError


@pytest.fixture
def members(archive):
    with zipfile.ZipFile(archive) as packed:
        assert packed.testzip() is None
        return {info.filename: info for info in packed.infolist()}


def test_it_holds_what_is_listed_and_nothing_else(project, manifest, members):
    listed = [name for name, _ in autograder_files(project, manifest)]
    assert len(listed) == len(set(listed))
    assert sorted(members) == sorted(listed)


def test_gradescope_finds_its_scripts_at_the_top_and_can_start_them(members):
    for name, info in members.items():
        mode = info.external_attr >> 16
        assert stat.S_ISREG(mode)
        assert stat.S_IMODE(mode) == (0o755 if name in SCRIPTS else 0o644)
        assert info.create_system == 3, "elsewhere modes do not count"
    assert set(SCRIPTS) == {"setup.sh", "run_autograder"}


def test_the_scripts_are_plain_shell(archive):
    with zipfile.ZipFile(archive) as packed:
        for name in SCRIPTS:
            text = packed.read(name)
            assert text.startswith(b"#!/bin/sh\n")
            assert b"\r" not in text
            subprocess.run(["sh", "-n"], input=text, check=True)


def test_every_answer_is_there_and_no_test(project, members):
    for path in project.solutions.rglob("*.py"):
        assert path.relative_to(project.root).as_posix() in members
    private = re.compile(
        r"(^|/)(tests|docs|dist|starter_code|__pycache__|\.[^/]+)(/|$)|\.(db|csv)$"
    )
    assert not [name for name in members if private.search(name)]


def test_the_same_files_give_the_same_bytes(project, archive, tmp_path):
    again = release_autograder(project, tmp_path)
    assert again.name == archive.name
    assert again.read_bytes() == archive.read_bytes()


def test_a_file_that_is_not_there_is_named(project, tmp_path):
    bare = Project(tmp_path)
    bare.assignment.mkdir()
    shutil.copy(project.manifest, bare.assignment)
    with pytest.raises(ReleaseError, match="LICENSE is on the list"):
        release_autograder(bare, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_every_module_added_for_it_is_used(owners):
    code = """if 1:
        import sys
        sys.path.insert(0, sys.argv[1])
        import grader.gradescope.__main__
        print(*(m.__file__ for m in sys.modules.values() if getattr(m, "__file__", None)))
    """
    source = owners.layout.source
    done = subprocess.run(
        [source / ".venv/bin/python", "-c", code, source],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.removeprefix(f"{source}/") for name in done.stdout.split()}
    assert set(GRADER_FILES) <= loaded
    ours = {name for name in loaded if name.startswith("grader/")}
    assert ours <= {*GRADER_FILES, *STUDENT_FILES}


def test_the_readme_of_the_archive_is_the_handout(project, archive):
    with zipfile.ZipFile(archive) as packed:
        assert packed.read("README.md") == (project.assignment / "README.md").read_bytes()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a shell script for Linux")
def test_an_image_without_a_fitting_python_says_so(owners, tmp_path):
    for name in ("apt-get", "python3"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    done = owners.command("/bin/sh", str(owners.layout.source / "setup.sh"), PATH=str(tmp_path))
    assert done.returncode == 1
    assert "choose a newer base image" in done.stderr
