"""The command line: exit codes, options, files written, terminals of every kind, and --watch."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
import zipfile

import jsonschema
import pytest
from typer.testing import CliRunner

from grader import cli, grading
from grader.laws import LAWS
from grader.results import SCHEMA_FILE
from grader.student.inside.confinement import lacking_layers

SECONDS = 60  # how long to wait for what is sure to come; a slow machine takes what it takes


@pytest.fixture
def here(built_toy, monkeypatch):
    """A small assignment, built, that we are in."""
    monkeypatch.chdir(built_toy.root)
    for name in ("MAKELEVEL", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return built_toy


@pytest.fixture
def run(here):
    """Runs a command in this process: `run("grade", "--json", path)`."""

    def run(*arguments):
        return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])

    return run


def one_sentence(text):
    """The text, if it is one line and no traceback."""
    assert text.count("\n") == 1, text
    assert text.endswith("\n")
    assert "Traceback" not in text
    return text


# Exit codes.


def test_grading_is_done_whatever_the_score(run, here):
    nothing = run("grade")
    assert nothing.exit_code == 0
    assert "0/100" in nothing.stdout
    everything = run("grade", "solutions")
    assert everything.exit_code == 0
    assert "100/100  +7" in everything.stdout


@pytest.mark.parametrize(
    ("path", "least", "code"),
    [
        ("solutions", 100, 0),
        ("starter_code", 0, 0),
        ("starter_code", 0.01, 1),
        ("solutions", 101, 1),
    ],
)
def test_fail_under(run, path, least, code):
    assert run("grade", path, "--fail-under", least).exit_code == code


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere"], "nowhere does not exist"),
        (["nowhere.zip"], "nowhere.zip does not exist"),
        (["starter_code/more.py"], "is a single file. Give the folder that it lies in"),
        (["--question", "quadruple"], "There is no question 'quadruple'. There are: double, halve"),
        (["--seed", "7"], "--seed goes with --official"),
        (["--json", "."], "cannot be written"),
        (["--html", "."], "cannot be written"),
        (["--junit", "starter_code/more.py/result.xml"], "cannot be written"),
    ],
)
def test_wrong_usage_is_told_in_one_sentence(run, here, arguments, told):
    done = run("grade", *arguments)
    assert done.exit_code == 2
    assert told in one_sentence(done.stderr)


@pytest.mark.parametrize("form", ["zip", "tar", "tar.gz"])
def test_what_is_handed_in_may_be_packed(run, here, form):
    kind = {"tar.gz": "gztar"}.get(form, form)
    shutil.make_archive(str(here.root / "ada"), kind, here.solutions)
    done = run("grade", f"ada.{form}")
    assert (done.exit_code, done.exception) == (0, None)
    assert "100/100  +7" in done.stdout


@pytest.mark.parametrize("official", [[], ["--official"]])
def test_a_hostile_submission_is_a_complete_zero(run, here, official):
    with zipfile.ZipFile(here.root / "hostile.zip", "w") as archive:
        archive.writestr("arithmetic.py", "def double(x): return 2 * x")
        archive.writestr("../../evil.py", "x = 1")
    before = sorted(here.root.parent.rglob("*"))
    done = run("grade", "hostile.zip", *official, "--json", "result.json")
    assert done.exit_code == 0
    result = json.loads((here.root / "result.json").read_text())
    jsonschema.validate(result, json.loads(SCHEMA_FILE.read_text()))
    assert (result["score"], result["max_score"]) == (0, 100)
    assert result["submission"]["id"] == "hostile"
    assert "0/100" in done.stdout
    told = " ".join(done.stdout.split())
    assert "The submission cannot be read: ../../evil.py leads out of the submission." in told
    after = [path for path in sorted(here.root.parent.rglob("*")) if ".descent" not in path.parts]
    assert after == sorted({*before, here.root / "result.json"})


def test_a_notebook_is_graded_without_running_it(run, here):
    """Its functions are, with one that raises told by its cell and line."""
    cells = [
        "import numpy as np\n%matplotlib inline\nraise SystemExit",
        "FACTOR = 2\ndef double(x):\n    return FACTOR * x",
        "for i in range(10**12):\n    double(i)",
        "def halve(x, state):\n\n    return x[1000]\n",
        "def triple(x):\n    return x +\n",
    ]
    code = [{"cell_type": "code", "source": cell} for cell in cells]
    (here.root / "work.ipynb").write_text(json.dumps({"nbformat": 4, "cells": code}))
    done = run("grade", "work.ipynb")
    assert done.exit_code == 0
    told = " ".join(done.stdout.split())
    assert re.search(r"double +█+ +40/40", done.stdout)
    assert "code cell 4, line 3: return x[1000]" in told
    assert "code cell 5, line 2: return x +" in told
    assert "double was found in work.py" in told


def test_a_file_that_cannot_be_written_costs_the_file_only(run, here):
    """The report is there, and what stood in the way still is."""
    (here.root / "result.json").mkdir()
    (here.root / "result.json" / "kept").write_text("kept")
    done = run("grade", "solutions", "--json", "result.json")
    assert done.exit_code == 2
    assert "100/100" in done.stdout
    assert (here.root / "result.json" / "kept").read_text() == "kept"
    assert list(here.root.glob(".result.json*")) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_is_written_to_may_be_no_file(run, here):
    os.mkfifo(here.root / "pipe")
    reader = subprocess.Popen(["cat", here.root / "pipe"], stdout=subprocess.PIPE)
    try:
        run("grade", "solutions", "--json", "pipe")
        assert (here.root / "pipe").is_fifo()
        assert json.loads(reader.communicate(timeout=SECONDS)[0])["score"] == 100
    finally:
        reader.kill()
        reader.wait()


@pytest.mark.parametrize("option", [["--seed", "-1"], ["--fail-under", "most"], ["--colour"]])
def test_options_of_the_wrong_kind(run, option):
    done = run("grade", *option)
    assert done.exit_code == 2
    assert option[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_the_graders_own_fault_is_loud(run, here):
    """A recording of another shape than the check: nobody's answer can be judged by it."""
    frame = here.expected / "triple.frame"
    frame.write_bytes((here.expected / "double.frame").read_bytes())
    done = run("grade", "solutions")
    assert done.exit_code == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_recording_that_cannot_be_used_is_named(run, here, damage):
    frame = here.expected / "double.frame"
    if damage == "missing":
        frame.unlink()
    else:
        frame.write_bytes(frame.read_bytes()[:-1])
    done = run("grade", "solutions")
    assert done.exit_code == 3
    assert "double" in done.output
    assert "grader build" in done.output


def test_checks_that_do_not_load_are_named(run, here):
    (here.checks / "test_broken.py").write_text("import nothing_of_that_name\n")
    (here.checks / "test_toy.py").unlink()
    done = run("grade", "solutions")
    assert done.exit_code == 3
    assert "test_broken.py" in one_sentence(done.stderr)
    assert "nothing_of_that_name" in done.stderr


def test_no_assignment_far_and_wide(tmp_path, monkeypatch, run_grader):
    """Then it is the grader's own: a student may start it from anywhere."""
    done = run_grader("grade", "nowhere", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere does not exist" in one_sentence(done.stderr)


def test_help_and_version(run):
    assert re.fullmatch(r"grader \d+\.\d+\.\d+\n", run("--version").stdout)
    shown = run("--help")
    assert shown.exit_code == 0
    for command in ("grade", "submit", "inputs", "data", "build", "verify", "release"):
        assert re.search(rf"^  {command} ", shown.stdout, re.MULTILINE)
    assert "Usage" in run().output


def test_debug_shows_where_it_happened(here, run_grader, project):
    root = {"cwd": here.root, "PYTHONPATH": str(project.root)}
    done = run_grader("--debug", "grade", "nowhere", **root)
    assert done.returncode != 0
    assert "Traceback" in done.stderr
    assert "SubmissionError" in done.stderr


# Options.


def test_questions_are_chosen_by_name(run):
    done = run("grade", "solutions", "--question", "halve", "--question", "triple")
    assert done.exit_code == 0
    assert "30/30" in done.stdout
    assert "triple" in done.stdout
    assert "double" not in done.stdout


def test_official_grading(run):
    done = run("grade", "solutions", "--official")
    assert done.exit_code == 0
    assert "100/100" in done.stdout
    assert re.search(r"^seed \d{20,}$", done.stdout, re.MULTILINE)
    again = run("grade", "solutions", "--official", "--seed", "7")
    assert re.search(r"^seed 7$", again.stdout, re.MULTILINE)


def test_official_grading_needs_the_solutions(run, here):
    here.solutions.rename(here.root / "elsewhere")
    done = run("grade", "elsewhere", "--official")
    assert done.exit_code == 2
    assert "this is a student's copy" in one_sentence(done.stderr)


@pytest.fixture
def weak(monkeypatch):
    """Makes this machine lack layers: `weak("landlock", "uid")`."""
    usual = grading.open_host

    def weaken(*layers):
        monkeypatch.setattr(
            grading, "open_host", lambda project: usual(project, without=frozenset(layers))
        )

    return weaken


@pytest.mark.parametrize(
    ("layers", "named"), [(("landlock", "uid"), "landlock"), (("seccomp",), "seccomp")]
)
def test_weak_isolation_refuses_official_grading_and_says_what_to_do(
    run, here, weak, layers, named
):
    weak(*layers)
    done = run("grade", "solutions", "--official", "--json", "result.json")
    assert done.exit_code == 2
    sentence = one_sentence(done.stderr)
    assert f"this machine lacks {named}" in sentence
    for way_out in ("Linux 5.13", "docs/security.md", "--allow-weak-isolation"):
        assert way_out in sentence
    assert done.stdout == ""
    assert not (here.root / "result.json").exists()


@pytest.mark.parametrize(
    ("layers", "named"),
    [(("landlock", "uid"), "landlock"), (("seccomp", "rlimits"), "rlimits, seccomp")],
)
def test_weak_isolation_that_is_accepted_is_named_everywhere(run, here, weak, layers, named):
    weak(*layers)
    options = ["--official", "--allow-weak-isolation", "--json", "result.json"]
    done = run("grade", "solutions", *options)
    assert done.exit_code == 0
    assert "100/100" in done.stdout
    assert f"Missing on this machine: {named}." in " ".join(done.stdout.split())
    isolation = json.loads((here.root / "result.json").read_text())["isolation"]
    assert "process" in isolation
    assert not set(layers) & set(isolation)


def test_of_strong_isolation_nothing_needs_to_be_said(run, here):
    done = run("grade", "solutions", "--official", "--json", "result.json")
    assert "Missing on this machine" not in done.stdout
    isolation = json.loads((here.root / "result.json").read_text())["isolation"]
    assert lacking_layers(isolation) == []


def test_in_practice_nobody_is_told_of_isolation(run, weak):
    weak("landlock", "uid", "seccomp")
    assert "Isolation" not in run("grade", "solutions").stdout


def test_one_seed_one_result(run, here):
    (here.root / "mine").mkdir()
    source = (here.solutions / "arithmetic.py").read_text().replace("2 * x", "2.001 * x")
    (here.root / "mine" / "arithmetic.py").write_text(source)
    errors = []
    for seed in (1, 1, 2):
        run("grade", "mine", "--official", "--seed", seed, "--json", "result.json")
        result = json.loads((here.root / "result.json").read_text())
        errors.append(result["questions"][0]["checks"][0]["relative_error"])
    assert errors[0] == errors[1] > 0


def test_the_result_is_as_the_schema_says(run, here):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text()))
    for path, options in (
        ("solutions", []),
        ("starter_code", []),
        ("solutions", ["--official"]),
        ("solutions", ["--question", "triple"]),
    ):
        run("grade", path, *options, "--json", "result.json")
        validator.validate(json.loads((here.root / "result.json").read_text()))


def test_junit_counts_what_it_lists(run, here):
    (here.starter / "more.py").write_text("def triple(x):\n    return x\n")
    run("grade", "--junit", "deep/er/result.xml")
    (suite,) = ET.parse(here.root / "deep" / "er" / "result.xml").getroot()
    cases = list(suite)
    assert suite.get("tests") == str(len(cases)) == "7"
    for kind in ("failures", "skipped", "errors"):
        tag = {"failures": "failure", "skipped": "skipped", "errors": "error"}[kind]
        assert suite.get(kind) == str(sum(case.find(tag) is not None for case in cases))
    assert int(suite.get("failures")) > 0
    assert int(suite.get("skipped")) > 0
    assert not any(case.find("failure") is None and case.find("skipped") is None for case in cases)


@pytest.mark.parametrize("official", [[], ["--official", "--seed", "123454321"]])
def test_the_web_page_says_what_the_terminal_says(run, here, official):
    (here.starter / "more.py").write_text("def triple(x):\n    return x + 0.25 * x**2\n")
    done = run("grade", *official, "--html", "deep/er/page.html")
    page = (here.root / "deep" / "er" / "page.html").read_text(encoding="utf-8")
    assert "0/100" in done.stdout
    assert "of 100 points" in page
    assert "Three of them." in page
    assert ("<figure>" in page) == (not official)
    assert "123454321" not in page  # a page is made to be passed on


def test_build_checks_and_builds(run, here):
    assert run("build", "--check").stdout == "Everything derived is up to date.\n"
    (here.starter / "more.py").unlink()
    stale = run("build", "--check")
    assert stale.exit_code == 1
    assert stale.stdout.splitlines() == [
        "starter_code/more.py: new",
        "Run `grader build` and commit what it writes.",
    ]
    assert run("build").exit_code == 0
    assert run("build", "--check").exit_code == 0
    (here.starter / "more.py").write_text("filled in")
    refused = run("build")
    assert refused.exit_code == 2
    assert "has been filled in" in one_sentence(refused.stderr)


def test_release_cannot_write_where_a_file_is(run, here):
    (here.root / "dist").write_text("a file")
    done = run("release", "--solutions")
    assert done.exit_code == 2
    assert "dist" in one_sentence(done.stderr)


def test_verify_goes_through_all_laws_whatever_it_meets(run, here):
    (here.expected / "double.frame").write_bytes(b"damaged")
    done = run("verify")
    assert done.exit_code == 1
    assert "Law 1" in done.stdout
    assert re.search(rf"^{len(LAWS)} laws checked, \d broken\.$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("command", [["build"], ["verify"], ["release"]])
def test_instructors_commands_need_the_solutions(run, here, command):
    here.solutions.rename(here.root / "elsewhere")
    done = run(*command)
    assert done.exit_code == 2
    assert "needs the solutions" in one_sentence(done.stderr)


# Terminals and places of every kind.


@pytest.fixture
def ours(here, project):
    """What a subprocess needs to find this grader, whatever is installed."""
    return {"cwd": here.root, "PYTHONPATH": str(project.root)}


def test_paths_with_spaces_and_other_letters(run_grader, ours, here):
    folder = here.root / "Größe und ∇f" / "мой код"
    folder.mkdir(parents=True)
    for path in here.solutions.glob("*.py"):
        (folder / path.name).write_bytes(path.read_bytes())
    target = folder / "ergebnis ü.json"
    done = run_grader("grade", folder, "--json", target, **ours)
    assert (done.returncode, done.stderr) == (0, "")
    assert "100/100" in done.stdout
    assert json.loads(target.read_text())["submission"]["id"] == "мой код"


@pytest.mark.parametrize("encoding", ["cp1252", "cp936", "ascii", "utf-8"])
def test_every_encoding_gets_a_report(run_grader, ours, here, encoding):
    (here.starter / "more.py").write_text("def triple(x):\n    raise ValueError('größer ▓ 大')\n")
    done = run_grader("grade", PYTHONIOENCODING=encoding, **ours)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"double +(\.{10}|░{10}) +0/40", done.stdout)
    assert ("░" in done.stdout) == (encoding == "utf-8")
    assert done.stdout.isascii() == (encoding == "ascii")


def test_no_color_is_honoured(run_grader, ours):
    coloured = run_grader("grade", FORCE_COLOR="1", **ours)
    assert "\x1b[" in coloured.stdout
    plain = run_grader("grade", FORCE_COLOR="1", NO_COLOR="1", **ours)
    assert not re.search(r"\x1b\[[0-9;]*3\dm", plain.stdout)


def test_the_users_pytest_settings_do_not_matter(run_grader, ours, here):
    (here.root / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (here.root / "conftest.py").write_text("raise RuntimeError\n")
    settings = {"PYTEST_ADDOPTS": "--collect-only -k nothing", "PYTEST_PLUGINS": "no_such_plugin"}
    done = run_grader("grade", "solutions", **ours, **settings)
    assert (done.returncode, done.stderr) == (0, "")
    assert "100/100" in done.stdout
    assert not (here.root / ".pytest_cache").exists()


# --watch


class Watching:
    """A `grader grade --watch` that runs; what it prints is read from a file."""

    def __init__(self, arguments, here, project):
        self.path = here.root / "printed.txt"
        with self.path.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "grader", "grade", "--watch", *arguments],
                cwd=here.root,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(project.root)},
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    def printed(self):
        return self.path.read_text(encoding="utf-8")

    def wait_for(self, text, times=1):
        end = time.monotonic() + SECONDS
        while self.printed().count(text) < times:
            assert self.process.poll() is None, self.printed()
            assert time.monotonic() < end, self.printed()
            time.sleep(0.02)


@pytest.fixture
def watch(here, project):
    started = []

    def start(*arguments):
        started.append(Watching(arguments, here, project))
        return started[-1]

    yield start
    for watching in started:
        watching.process.kill()
        watching.process.wait()


def save(path, text):
    """Save as an editor does; the time differs from the last save's however fast we are."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text)
    if path.stat().st_mtime_ns <= before:
        os.utime(path, ns=(before + 1, before + 1))


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_watching_grades_after_every_save_and_ends_with_ctrl_c(watch, here):
    watching = watch("--json", "result.json")
    watching.wait_for("Watching for the next save")
    save(here.starter / "more.py", "def triple(x):\n    return 3 * x\n")
    watching.wait_for("Watching for the next save", times=2)
    assert "+7" in watching.printed()
    save(here.starter / "arithmetic.py", "def double(x:\n")
    watching.wait_for("Watching for the next save", times=3)
    assert "SyntaxError" in watching.printed()
    (here.starter / "arithmetic.py").unlink()
    watching.wait_for("Watching for the next save", times=4)
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(SECONDS) == 0
    assert "Traceback" not in watching.printed()
    assert json.loads((here.root / "result.json").read_text())["bonus"] == 7


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_watching_ends_with_the_code_of_the_last_grading(watch):
    watching = watch("--fail-under", "50")
    watching.wait_for("Watching for the next save")
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(SECONDS) == 1


def test_watching_what_is_not_there(run):
    done = run("grade", "--watch", "nowhere")
    assert done.exit_code == 2
    assert "nowhere does not exist" in one_sentence(done.stderr)
