"""Inputs: a snippet that repeats a check's calls, for a debugger. It has to run."""

import subprocess
import sys

import numpy as np
import pytest

from grader.inputs import UnknownCheck, snippet
from grader.project import Project

CHECKS = (
    "sgd_momentum:follows_the_reference",
    "adam:uses_the_hyperparameters",
    "rmsprop:takes_any_shape",
    "batchnorm_forward:trains_then_tests",
    "batchnorm_backward:leaves_inputs_alone",
    "dropout_forward:does_nothing_in_test_mode",
    "dropout_backward:keeps_calls_apart",
)


@pytest.fixture
def practice(recorded_project, tmp_path):
    """The project, with a place of its own for what is saved."""
    made = Project(tmp_path / "practice")
    made.root.mkdir()
    for name in ("assignment", "solutions", "grader"):
        (made.root / name).symlink_to(recorded_project.root / name, target_is_directory=True)
    return made


@pytest.fixture
def execute():
    """Executes a snippet; the arrays that its names hold."""
    path, modules = list(sys.path), set(sys.modules)

    def execute(code):
        namespace = {}
        exec(compile(code, "snippet", "exec"), namespace)
        return {name: v for name, v in namespace.items() if isinstance(v, np.ndarray)}

    yield execute
    sys.path[:] = path
    for name in ("optim", "normalization", "dropout"):
        if name not in modules:
            sys.modules.pop(name, None)


def test_the_snippet_is_a_program_of_its_own(practice, tmp_path):
    script = tmp_path / "snippet.py"
    code = snippet(practice, "batchnorm_backward:takes_float32_gradients", practice.solutions)
    script.write_text(code + "\nprint(dx_2.shape, dx_2.dtype)\n", encoding="utf-8")
    command = [sys.executable, "-W", "error", script]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("float32\n")


@pytest.mark.parametrize("check", [*CHECKS, "training:rmsprop_trains_a_net"])
def test_the_snippet_runs_and_gives_arrays(practice, execute, check):
    code = snippet(practice, check, practice.solutions)
    assert code.startswith(f"# {check.partition(':')[0]}: ")
    arrays = execute(code)
    assert arrays
    assert all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")


def test_the_snippet_repeats_the_calls_of_the_check(practice, execute, solution_functions):
    arrays = execute(snippet(practice, "adam:follows_the_reference", practice.solutions))
    saved = practice.local / "inputs" / "adam-follows_the_reference.npz"
    with np.load(saved) as inputs:
        w, config = inputs["w_1"], None
        for step in range(1, 7):
            w, config = solution_functions["adam"](w, inputs[f"dw_{step}"], config)
            np.testing.assert_array_equal(arrays[f"next_w_{step}"], w)


def test_every_call_gets_what_it_got_in_the_check(practice, execute, solution_functions):
    code = snippet(practice, "batchnorm_forward:keeps_running_averages", practice.solutions)
    first = next(line for line in code.splitlines() if line.startswith("out_1"))
    assert "running_mean" not in first  # the first batch starts from nothing


def test_a_snippet_for_what_is_not_written_yet(practice, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "optim.py").write_text(
        "def adam(w, dw, config=None):\n    raise NotImplementedError\n"
    )
    code = snippet(practice, "adam:follows_the_reference", tmp_path / "mine")
    compile(code, "snippet", "exec")
    assert "next_w_1, config_1 = adam(" in code


def test_a_check_that_waits_for_others_makes_no_call(practice, tmp_path):
    (tmp_path / "mine").mkdir()
    code = snippet(practice, "training:adam_learns_fifty_images", tmp_path / "mine")
    assert code.startswith("# ")
    assert "waits for other questions" in code
    assert not (practice.local / "inputs").exists()


def test_the_name_alone_is_enough_where_it_is_the_only_one(practice):
    full = snippet(practice, "dropout_backward:keeps_calls_apart", practice.solutions)
    assert "dropout_backward(" in full
    assert snippet(practice, "keeps_calls_apart", practice.solutions) == full


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("follow_the_reference", "There is no check named 'follow_the_reference'"),
        ("adam:nothing", "There is no check named 'adam:nothing'"),
        ("follows_the_reference", "There are several checks named 'follows_the_reference'"),
        ("", "There is no check named ''"),
    ],
)
def test_a_name_of_none_or_several_is_told(practice, name, told):
    with pytest.raises(UnknownCheck) as raised:
        snippet(practice, name, practice.solutions)
    assert str(raised.value).startswith(told)
    assert "adam:follows_the_reference" in str(raised.value)


def test_long_checks_are_cut(practice, execute):
    code = snippet(practice, "batchnorm_backward:agrees_with_numeric_gradients", practice.solutions)
    assert code.endswith("# ... and so on")
    assert len(code.splitlines()) < 25
    execute(code)


def test_a_folder_with_quotes_and_other_letters(practice, execute, tmp_path, solution_files):
    folder = tmp_path / 'größer\'s "code"'
    folder.mkdir()
    for name, source in solution_files.items():
        (folder / name).write_text(source)
    assert execute(snippet(practice, "adam:follows_the_reference", folder))
