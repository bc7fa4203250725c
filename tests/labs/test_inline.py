"""`check()` in a notebook grades the saved file, and says where the notebook has another one."""

import importlib.util
import sys

import pytest

from grader.labs import inline
from grader.labs.execution import execute_notebook
from grader.labs.inline import check, graded, redefined, stale
from grader.labs.notebook import lab_cells, notebook_of
from grader.labs.source import Cell
from tests.reports.test_html_markup import read

BEFORE = "def {name}(*args):\n    return 1\n"
AFTER = "def {name}(*args):\n    return 2\n"


@pytest.fixture
def question(manifest):
    """The first question with a function, and that function."""
    found = next(question for question in manifest.questions if question.functions)
    return found.name, found.functions[0]


@pytest.fixture
def load(tmp_path, question, monkeypatch):
    """Saves a source as the question's file and loads it, as a notebook does: the modules."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two versions within one second
    path = tmp_path / question[1].file

    def load(source):
        path.write_text(source, encoding="utf-8")
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return {path.stem: module}

    load.path = path
    return load


@pytest.fixture
def warned(manifest, question, tmp_path):
    return lambda modules: stale(manifest, (question[0],), tmp_path, modules)


def test_a_function_of_a_cell_is_not_the_one_that_is_graded(manifest, question):
    name, function = question

    def made(*args):
        return args

    made.__module__ = "__main__"
    (line,) = redefined(manifest, (name,), {function.name: made})
    assert line == manifest.say("lab_redefined", function=function.name, file=function.file)


def test_an_imported_function_is_the_files(manifest, question, load):
    name, function = question
    (module,) = load(BEFORE.format(name=function.name)).values()
    names = {function.name: getattr(module, function.name), "another": 1}
    assert redefined(manifest, (name,), names) == []
    assert redefined(manifest, (name,), {function.name: 5}) == []


def test_a_file_saved_after_it_was_loaded_is_told(manifest, question, load, warned):
    _, function = question
    modules = load(BEFORE.format(name=function.name))
    assert warned(modules) == []
    load.path.write_text(AFTER.format(name=function.name))
    assert warned(modules) == [manifest.say("lab_stale", file=function.file)]


def test_the_same_file_loaded_again_is_up_to_date(question, load, warned):
    load(BEFORE.format(name=question[1].name))
    assert warned(load(AFTER.format(name=question[1].name))) == []


def test_a_decorated_function_is_compared_by_what_it_wraps(manifest, question, load, warned):
    name = question[1].name
    source = (
        "import functools\n\ndef twice(f):\n    @functools.wraps(f)\n    def g(*args):\n"
        f"        return f(*args), f(*args)\n    return g\n\n@twice\n{BEFORE.format(name=name)}"
    )
    modules = load(source)
    assert warned(modules) == []
    load.path.write_text(source.replace("return 1", "return 2"))
    assert len(warned(modules)) == 1


@pytest.mark.parametrize("saved", ["def (:\n", "x = '\0'\n", "", "value = 1\n"])
def test_a_file_without_the_function_is_left_to_the_grading(question, load, warned, saved):
    modules = load(BEFORE.format(name=question[1].name))
    load.path.write_text(saved)
    assert warned(modules) == []


def test_a_file_that_is_gone_is_left_to_the_grading(question, load, warned):
    modules = load(BEFORE.format(name=question[1].name))
    load.path.unlink()
    assert warned(modules) == []


def test_what_was_never_loaded_or_is_another_folders_is_not_stale(
    question, load, manifest, tmp_path
):
    name, function = question
    modules = load(BEFORE.format(name=function.name))
    load.path.write_text(AFTER.format(name=function.name))
    assert stale(manifest, (name,), tmp_path, {}) == []
    assert stale(manifest, (name,), tmp_path / "elsewhere", modules) == []
    assert stale(manifest, (name,), tmp_path, {load.path.stem: sys}) == []


@pytest.mark.parametrize("names", [(), ("nothing",)])
def test_a_question_that_is_not_there_is_refused_with_those_that_are(names, manifest):
    with pytest.raises(ValueError, match=manifest.questions[0].name):
        check(*names)


def test_files_beside_the_notebook_are_graded_by_another_process(project, question, tmp_path):
    name, function = question
    (tmp_path / function.file).write_text(BEFORE.format(name=function.name))
    found = graded(project, tmp_path, (name,))
    assert set(found) == {"html", "text"}
    assert f"{function.file} saved" in found["text"]


def test_a_grader_that_does_not_answer_is_told(project, question, monkeypatch):
    monkeypatch.setattr(inline, "SECONDS", 0.001)
    found = graded(project, project.starter, (question[0],))
    assert set(found) == {"error"}
    assert "did not answer" in found["error"]


def test_a_grader_that_cannot_be_started_is_told(project, question, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    found = graded(project, project.starter, (question[0],))
    assert set(found) == {"error"}
    assert "could not be started" in found["error"]


def test_outside_a_notebook_the_text_is_printed(question, manifest, tmp_path, monkeypatch, capsys):
    name, function = question
    (tmp_path / function.file).write_text(BEFORE.format(name=function.name))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    check(name)
    assert f"{function.file} saved" in capsys.readouterr().out


def test_in_a_notebook(project, manifest, question):
    """The verdict as HTML and as text; a cell's own function; a file saved while a cell runs."""
    name, function = question
    set_up = lab_cells(project.assignment / "labs", "dropout")[1]
    definition = AFTER.format(name=function.name)
    saving = f"_ = Path({function.file!r}).write_text({definition!r})"
    cells = [
        Cell("markdown", "# Tiny"),
        set_up,
        Cell("code", f"check({name!r})"),
        Cell("code", f"{definition}\ncheck({name!r})"),
        Cell("code", f"del {function.name}\n{saving}\ncheck({name!r})"),
        Cell("code", f"check({name!r})"),
    ]
    done = execute_notebook(project, "tiny", notebook_of(cells), code=project.solutions)
    assert done.problems == []
    told, panels = [], []
    for cell in done.notebook.cells[2:]:
        told.append("".join(o.text for o in cell.outputs if o.output_type == "stream"))
        panels.append(next(o.data for o in cell.outputs if o.output_type == "display_data"))
    redefined_ = manifest.say("lab_redefined", function=function.name, file=function.file)
    stale_ = manifest.say("lab_stale", file=function.file)
    assert told == ["", f"{redefined_}\n", f"{stale_}\n", ""]
    full = f"{manifest.question(name).points}/{manifest.question(name).points}"
    assert [full in read(panel["text/html"]).text for panel in panels] == [True, True, False, False]
    assert all(f"{function.file} saved" in panel["text/plain"] for panel in panels)
