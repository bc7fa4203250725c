"""What the students' commands do beyond the command line: pack, keep, and say how to go on."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader import commands
from grader.commands import GradeOptions, UsageError, grade_command, submit_command


@pytest.fixture
def here(built_toy, monkeypatch):
    monkeypatch.chdir(built_toy.root)
    monkeypatch.delenv("MAKELEVEL", raising=False)
    return built_toy


@pytest.fixture
def failing(here):
    """A folder with one wrong answer, so that the report says how to grade it again."""
    folder = here.root / "mine"
    folder.mkdir()
    (folder / "more.py").write_text("def triple(x):\n    return 4 * x\n")
    return folder


def again(capsys):
    """The command that the report names."""
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "again: " in line)
    return line.partition("again: ")[2]


def test_submit_packs_what_was_graded(here, capsys):
    (here.starter / "helpers.py").write_text("x = 1\n")
    (here.starter / "notes.txt").write_text("not Python\n")
    (here.starter / "__pycache__").mkdir()
    (here.starter / "__pycache__" / "helpers.py").write_text("")
    assert submit_command() == commands.DONE
    with zipfile.ZipFile(here.root / "submission.zip") as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    assert content == {path.name: path.read_bytes() for path in here.starter.glob("*.py")}
    printed = capsys.readouterr().out
    assert "0/100" in printed
    assert "Packed 4 files" in printed
    assert "hand in that one" in printed


def test_submit_packs_the_same_bytes_every_time(here):
    submit_command()
    first = (here.root / "submission.zip").read_bytes()
    for path in here.starter.iterdir():
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)  # saved again, in another order
    submit_command()
    assert (here.root / "submission.zip").read_bytes() == first


def test_what_is_packed_gets_the_same_marks(here, failing, capsys):
    (here.starter / "more.py").write_bytes((here.solutions / "more.py").read_bytes())
    submit_command()
    capsys.readouterr()
    assert grade_command(GradeOptions(Path("submission.zip"))) == commands.DONE
    assert "+7" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="file modes")
def test_what_is_packed_can_be_read_when_unpacked(here):
    submit_command()
    with zipfile.ZipFile(here.root / "submission.zip") as packed:
        modes = {info.filename: info.external_attr >> 16 for info in packed.infolist()}
    assert {name: oct(mode) for name, mode in modes.items() if not mode & 0o400} == {}


def test_submit_says_what_is_not_there(here, capsys):
    (here.starter / "more.py").unlink()
    assert submit_command() == commands.DONE
    assert "Not among them, because they are not there: more.py" in capsys.readouterr().out


def test_there_may_be_nothing_to_submit(here):
    for path in here.starter.iterdir():
        path.unlink()
    (here.starter / "other.py").write_text("")
    with pytest.raises(UsageError, match=r"holds none of arithmetic\.py, .*: nothing to submit"):
        submit_command()
    assert not (here.root / "submission.zip").exists()


def test_the_command_to_grade_again(here, failing, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/usr/bin/grader"])
    grade_command(GradeOptions(Path("mine")))
    assert again(capsys) == "grader grade mine --question triple:triples"
    monkeypatch.setattr(sys, "argv", ["/somewhere/grader/__main__.py"])
    grade_command(GradeOptions(Path("mine")))
    assert again(capsys) == "python -m grader grade mine --question triple:triples"
    (here.starter / "more.py").write_bytes((failing / "more.py").read_bytes())
    grade_command(GradeOptions())
    assert again(capsys) == "python -m grader grade --question triple:triples"


def test_the_command_to_grade_again_by_make(here, failing, capsys, monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")
    grade_command(GradeOptions(Path("mine")))
    assert again(capsys) == "make grade SUBMISSION=mine QUESTION=triple:triples"
    (here.starter / "more.py").write_bytes((failing / "more.py").read_bytes())
    grade_command(GradeOptions(Path("starter_code")))
    assert again(capsys) == "make grade QUESTION=triple:triples"


def test_the_command_to_grade_again_can_be_pasted(here, failing, capsys, project):
    failing.rename(here.root / "my code")
    grade_command(GradeOptions(Path("my code")))
    command = again(capsys).replace("python", sys.executable, 1)
    environment = {"PYTHONPATH": str(project.root)}
    done = subprocess.run(command, shell=True, cwd=here.root, env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr


def test_the_command_to_grade_again_officially(here, failing, capsys):
    grade_command(GradeOptions(Path("mine"), official=True, seed=7))
    assert "--official --seed 7" in again(capsys)


def test_practice_is_kept_and_official_grading_is_not(here):
    history = here.local / "history"
    grade_command(GradeOptions(Path("solutions"), official=True))
    assert not history.exists()
    grade_command(GradeOptions(Path("solutions")))
    (entry,) = history.iterdir()
    assert (entry / "more.py").read_bytes() == (here.solutions / "more.py").read_bytes()


def test_every_official_grading_has_inputs_of_its_own(here, capsys):
    for _ in range(2):
        grade_command(GradeOptions(Path("solutions"), official=True))
    lines = capsys.readouterr().out.splitlines()
    seeds = [int(line.removeprefix("seed ")) for line in lines if line.startswith("seed ")]
    assert len(set(seeds)) == 2
    assert all(seed.bit_length() > 64 for seed in seeds)


def test_watching_sees_that_a_zip_has_changed(here, monkeypatch, capsys):
    submit_command()
    rounds = iter(range(6))

    def between(seconds):
        if next(rounds) == 2:
            (here.starter / "more.py").write_bytes((here.solutions / "more.py").read_bytes())
            with zipfile.ZipFile(here.root / "submission.zip", "w") as packed:
                for path in here.starter.glob("*.py"):
                    packed.write(path, path.name)
        elif next(rounds, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(commands, "time", SimpleNamespace(sleep=between))
    commands.watch_command(GradeOptions(Path("submission.zip")))
    assert "+7" in capsys.readouterr().out
