"""The engine would serve another assignment unchanged; and who may import whom."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "grader" / "checks"
ENGINE = sorted(path for path in (ROOT / "grader").rglob("*.py") if CONTENT not in path.parents)
GIVEN = sorted((ROOT / "assignment").rglob("*.py"))
SOLUTIONS = sorted((ROOT / "solutions").rglob("*.py"))
OURS = {"assignment", "solutions", "grader", "starter_code", "tests", "benchmarks"}


def short(path):
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="session")
def names(manifest):
    """The names of questions and functions, but for those that are ordinary words."""
    found = {question.name for question in manifest.questions if question.functions}
    found |= {question.name for question in manifest.questions if "_" in question.name}
    found |= set(manifest.functions)
    # The topics too, in the ways in which prose would name them.
    for name in list(found):
        found.add(name.partition("_")[0] if name.endswith(("_forward", "_backward")) else name)
    return found


def imports(path):
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{short(path)}: imports are absolute here"
            yield node.module


def test_the_names_looked_for_are_the_questions(names):
    assert len(names) >= 8
    assert "training" not in names


@pytest.mark.parametrize("path", ENGINE, ids=short)
def test_no_module_of_the_engine_names_a_question(path, names):
    pattern = re.compile(
        rf"(?<![A-Za-z0-9_])({'|'.join(map(re.escape, sorted(names)))})(?![A-Za-z0-9_])", re.I
    )
    found = [
        f"{short(path)}:{number}: {line.strip()}"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("path", GIVEN, ids=short)
def test_the_given_code_imports_nothing_else_of_the_project(path):
    assert {name.partition(".")[0] for name in imports(path)} & OURS <= {"assignment"}


@pytest.mark.parametrize("path", SOLUTIONS, ids=short)
def test_the_solutions_import_the_given_code_at_most(path):
    assert {name.partition(".")[0] for name in imports(path)} & OURS <= {"assignment"}


@pytest.mark.parametrize(
    "path", [*GIVEN, *SOLUTIONS, *ENGINE, *sorted(CONTENT.glob("*.py"))], ids=short
)
def test_nothing_imports_what_students_fill_in_or_the_answers(path):
    assert not {name.partition(".")[0] for name in imports(path)} & {"starter_code", "solutions"}


def test_the_childs_side_imports_the_wire_and_nothing_else_of_the_project():
    folder = ROOT / "grader" / "student"
    child = [name for name in imports(folder / "child.py") if name.partition(".")[0] in OURS]
    assert set(child) <= {"grader.student", "grader.student.wire"}
    assert not {name.partition(".")[0] for name in imports(folder / "wire.py")} & OURS


@pytest.mark.parametrize("name", ["child.py", "wire.py"])
def test_the_childs_side_needs_nothing_but_numpy(name):
    outside = {module.partition(".")[0] for module in imports(ROOT / "grader" / "student" / name)}
    assert outside - set(sys.stdlib_module_names) - OURS == {"numpy"}


def test_child_imports_only_the_wire_from_the_students_package():
    tree = ast.parse((ROOT / "grader" / "student" / "child.py").read_text(encoding="utf-8"))
    taken = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader")
        for alias in node.names
    ]
    assert taken == ["wire"]
