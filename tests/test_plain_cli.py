"""Without typer and rich: an offline machine with numpy and pytest can still grade and submit."""

import json
import sys
import zipfile
from types import SimpleNamespace

import pytest

from grader import cli, plain_cli


@pytest.fixture
def here(built_toy, monkeypatch):
    monkeypatch.chdir(built_toy.root)
    return built_toy


@pytest.fixture
def run(here, project, run_grader, tmp_path):
    """Runs `python -m grader` where neither typer nor rich can be imported."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    for name in ("typer", "rich"):
        (hidden / f"{name}.py").write_text("raise ImportError('not installed')\n")

    def run(*arguments):
        path = f"{hidden}:{project.root}" if sys.platform != "win32" else f"{hidden};{project.root}"
        return run_grader(*arguments, cwd=here.root, PYTHONPATH=path)

    return run


@pytest.fixture
def main(here, monkeypatch, capsys):
    """Calls the command line in this process: its exit code and what it printed."""

    def main(*arguments):
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            plain_cli.main()
        printed = capsys.readouterr()
        return SimpleNamespace(code=ended.value.code, out=printed.out, err=printed.err)

    return main


def test_grades_without_typer_and_rich(run, here):
    done = run("grade", "solutions", "--json", "result.json", "--html", "page.html")
    run("grade", "solutions", "--junit", "result.xml")
    assert (done.returncode, done.stderr) == (0, "")
    assert "100/100" in done.stdout
    assert "\x1b" not in done.stdout
    assert json.loads((here.root / "result.json").read_text())["score"] == 100
    assert "100" in (here.root / "page.html").read_text(encoding="utf-8")
    assert (here.root / "result.xml").is_file()


def test_says_what_is_left(run):
    done = run("build")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "typer is not installed, so only grade and submit are there" in run("--help").stdout


def test_submits(main, here):
    done = main("submit")
    assert done.code == 0
    with zipfile.ZipFile(here.root / "submission.zip") as packed:
        assert sorted(packed.namelist()) == sorted(path.name for path in here.starter.glob("*.py"))


def test_questions_are_chosen_by_name(main):
    done = main("grade", "solutions", "--question", "halve", "--question", "triple")
    assert done.code == 0
    assert "30/30" in done.out
    assert "double" not in done.out


@pytest.mark.parametrize(
    ("path", "least", "code"), [("solutions", 100, 0), ("starter_code", 0.01, 1)]
)
def test_fail_under(main, path, least, code):
    assert main("grade", path, "--fail-under", least).code == code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere does not exist"),
        (["--question", "quadruple"], "There is no question 'quadruple'"),
        (["--json", "."], "cannot be written"),
    ],
)
def test_wrong_usage_is_told_in_one_sentence(main, arguments, told):
    done = main("grade", *arguments)
    assert done.code == 2
    assert told in done.err
    assert done.err.count("\n") == 1


def options_from(monkeypatch, read):
    """The options that reach the command, and which command it is."""
    seen = []
    for name in ("grade_command", "watch_command"):
        monkeypatch.setattr(
            f"grader.commands.{name}", lambda options, name=name: seen.append((name, options)) or 0
        )
    with pytest.raises(SystemExit) as ended:
        read()
    return (ended.value.code, *seen)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["solutions"],
        ["--", "-odd"],
        ["--question", "halve", "--question=triple", "a folder"],
        ["--official", "--seed", "0", "x.zip"],
        ["x", "--json", "a", "--html", "b", "--junit", "c", "--fail-under", "59.5"],
        ["--watch", "--allow-weak-isolation"],
    ],
)
def test_reads_what_typer_reads(here, monkeypatch, arguments):
    def without_typer():
        plain_cli.try_to_run(["grade", *arguments])

    def with_typer():
        monkeypatch.setattr(sys, "argv", ["grader", "grade", *arguments])
        cli.main()

    plain = options_from(monkeypatch, without_typer)
    assert plain == options_from(monkeypatch, with_typer)
    assert len(plain) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["grade", "--help"],
        ["grade", "a", "b"],
        ["grade", "--quest", "halve"],
        ["grade", "--seed", "-1"],
        ["grade", "--fail-under", "much"],
        ["submit", "x"],
        ["--debug", "grade"],
        ["build"],
    ],
)
def test_leaves_to_typer_what_it_does_not_understand(here, capsys, arguments):
    plain_cli.try_to_run(arguments)
    assert capsys.readouterr() == ("", "")


def test_an_interrupt_is_no_failure(main, monkeypatch):
    def interrupted(options):
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.commands.grade_command", interrupted)
    done = main("grade")
    assert (done.code, done.err) == (130, "\nStopped.\n")
