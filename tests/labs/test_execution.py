"""Labs, executed: what counts as trouble, and what unfinished code looks like in a notebook."""

import os
import re
import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest

from grader.commands import UsageError
from grader.labs.command import labs_command
from grader.labs.execution import execute
from grader.labs.notebook import lab_names
from grader.project import Project, ProjectError

ROOT = Path(__file__).resolve().parents[2]
LABS = lab_names(ROOT / "assignment" / "labs")

TITLE = "# %% [markdown]\n# # Tiny\n"
DRAWING = """
# %% name="line" tags=["picture"]
plt.plot([0, 1])
plt.show()
plt.plot([1, 0])
plt.show()
"""

MANUAL = re.compile(r"\[\[manual\]\]\n(?:[a-z]\w* = .*\n)*")  # they name the labs


@pytest.fixture
def tiny(tmp_path, project):
    """Makes a project like the real one with a single lab, of the cells given."""

    def make(cells):
        made = Project(tmp_path / "project")
        shutil.copytree(
            project.assignment, made.assignment, ignore=shutil.ignore_patterns("__pycache__")
        )
        for lab in LABS:
            (made.assignment / "labs" / f"{lab}.py").unlink()
        (made.assignment / "labs" / "tiny.py").write_text(TITLE + cells)
        without_answers = MANUAL.sub("", made.manifest.read_text())
        made.manifest.write_text(without_answers)
        for folder in (project.solutions, project.root / "grader"):
            (made.root / folder.name).symlink_to(folder, target_is_directory=True)
        return made

    return make


def printed(done):
    return "".join(
        output.text
        for cell in done.notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    )


def test_errors_and_warnings_are_trouble_and_every_cell_is_run(tiny):
    done = execute(
        tiny(
            '\n# %% name="division"\n1 / 0\n'
            "\n# %%\nimport warnings\nwarnings.warn('not so good')\n"
            "\n# %% name=\"logs\"\nprint('a sigh', file=sys.stderr)\n"
            "\n# %%\nimport socket\nsocket.create_connection(('192.0.2.1', 80))\n"
            "\n# %%\nprint('QUICK', QUICK, *progress(range(3), 'count'))\n"
        ),
        "tiny",
    )
    error, warning, sigh, connection = done.problems
    assert error.startswith("cell 3 (division): ")
    assert "ZeroDivisionError: division by zero" in error
    assert warning.startswith("cell 4 (division): on standard error: ")
    assert "UserWarning: not so good" in warning
    assert sigh == "cell 5 (logs): on standard error: a sigh"
    assert "labs are executed offline" in connection
    assert "\x1b" not in "".join(done.problems)
    assert printed(done).endswith("QUICK True 0 1 2\n")


def test_a_kernel_that_dies_is_trouble(tiny):
    done = execute(tiny("\n# %%\nimport os\nos._exit(3)\n"), "tiny")
    (problem,) = done.problems
    assert problem.startswith("stopped: ")


def test_the_command_draws_the_figures_and_says_that_all_is_well(
    tiny, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tiny(DRAWING).root)
    pictures = tmp_path / "pictures"
    (pictures / "tiny").mkdir(parents=True)
    (pictures / "tiny" / "07-old.png").write_bytes(b"")
    (pictures / "tiny.png").write_bytes(b"old")
    assert labs_command((), full=False, pictures=pictures) == 0
    out = capsys.readouterr().out
    assert "2 figures\n" in out
    assert out.endswith("1 labs executed, 0 broken.\n")
    drawn = sorted((pictures / "tiny").iterdir())
    assert [path.name for path in drawn] == ["01-line.png", "02-line.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)
    first, last, chosen = (plt.imread(p)[..., :3] for p in (*drawn, pictures / "tiny.png"))
    assert 5 * np.abs(chosen - last).mean() < np.abs(chosen - first).mean()  # few colours are left


def test_the_last_figure_of_the_tagged_cell_is_the_picture(tiny):
    done = execute(tiny(DRAWING + '\n# %% name="after"\nplt.plot([2, 1])\nplt.show()\n'), "tiny")
    assert [(figure.name, figure.is_the_picture) for figure in done.figures] == [
        ("line", False),
        ("line", True),
        ("after", False),
    ]


def test_the_command_complains_of_a_broken_lab(tiny, monkeypatch, capsys):
    monkeypatch.chdir(tiny('\n# %% name="division"\n1 / 0\n').root)
    assert labs_command(("tiny",), full=True, pictures=None) == 1
    out = capsys.readouterr().out
    assert "BROKEN\n  cell 3 (division): " in out
    assert out.endswith("1 labs executed, 1 broken.\n")


def test_a_lab_that_is_not_there_is_refused_by_name(tiny, monkeypatch):
    monkeypatch.chdir(tiny(DRAWING).root)
    with pytest.raises(UsageError, match=r"There is no lab 'tidy'\. There are: tiny\."):
        labs_command(("tidy",), full=False, pictures=None)


def test_a_students_copy_does_not_execute_labs(tiny, monkeypatch):
    made = tiny(DRAWING)
    (made.root / "solutions").unlink()
    monkeypatch.chdir(made.root)
    with pytest.raises(ProjectError, match="grader labs"):
        labs_command((), full=False, pictures=None)


def test_unfinished_code_is_told_in_a_sentence(tiny, project, manifest):
    question = next(question for question in manifest.questions if question.functions)
    function, file = question.functions[0].name, question.functions[0].file
    done = execute(
        tiny(
            f"\n# %%\nimport inspect\nf = {Path(file).stem}.{function}\n"
            "found = f(*[None for _ in inspect.signature(f).parameters])\n"
            "\n# %%\nprint(found)\n"
        ),
        "tiny",
        code=project.starter,
    )
    unfinished, missing = done.problems
    assert unfinished.startswith(f"cell 3 (set-up): {function} in {file} is not written")
    assert unfinished.endswith("save, and run this cell again.")
    assert len(unfinished.splitlines()) == 2
    assert missing == (
        "cell 4 (set-up): found is not there: a cell above has not run to its end.\n"
        "  Run that one again first."
    )


@pytest.mark.parametrize("lab", LABS)
def test_starter_code_gives_sentences_and_no_traceback(lab, project):
    done = execute(project, lab, code=project.starter)
    sentences = ("save, and run this cell again.", "Run that one again first.")
    assert [problem for problem in done.problems if not problem.endswith(sentences)] == []
    # A lab may be about given code alone: then nothing is unfinished.
    assert not done.problems or "is not written yet" in done.problems[0]


@pytest.mark.parametrize("data", ["stand-in", "real"])
@pytest.mark.parametrize("lab", LABS)
def test_the_lab_runs_without_trouble(lab, data, project, monkeypatch):
    if data == "stand-in":
        monkeypatch.delenv("CIFAR10_DIR", raising=False)
    elif not os.environ.get("CIFAR10_DIR"):
        pytest.skip("CIFAR10_DIR does not point at a cifar-10-batches-py folder")
    done = execute(project, lab)
    assert done.problems == []
    assert sum(figure.is_the_picture for figure in done.figures) == 1
