"""The engine would serve another assignment unchanged; and who may import whom."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTENT = ROOT / "grader" / "checks"
ENGINE = sorted(path for path in (ROOT / "grader").rglob("*.py") if CONTENT not in path.parents)
GIVEN = sorted((ROOT / "assignment").glob("*.py"))
LABS = sorted((ROOT / "assignment" / "labs").glob("*.py"))
SOLUTIONS = sorted((ROOT / "solutions").rglob("*.py"))
WIRE = ROOT / "grader" / "student" / "wire.py"
INSIDE = sorted((ROOT / "grader" / "student" / "inside").glob("*.py"))
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
            assert (node.level > 0) <= (path in INSIDE), f"{short(path)}: imports are absolute here"
            package = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            if node.module:
                yield ".".join((*package, node.module))
            else:
                yield from (".".join((*package, alias.name)) for alias in node.names)


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


@pytest.mark.parametrize("path", LABS, ids=short)
def test_a_lab_imports_the_given_code_and_what_shows_a_check(path):
    found = {name for name in imports(path) if name.partition(".")[0] in OURS}
    assert {name for name in found if name.partition(".")[0] != "assignment"} <= {
        "grader.labs.inline"
    }


@pytest.mark.parametrize("path", SOLUTIONS, ids=short)
def test_the_solutions_import_the_given_code_at_most(path):
    assert {name.partition(".")[0] for name in imports(path)} & OURS <= {"assignment"}


@pytest.mark.parametrize(
    "path", [*GIVEN, *LABS, *SOLUTIONS, *ENGINE, *sorted(CONTENT.glob("*.py"))], ids=short
)
def test_nothing_imports_what_students_fill_in_or_the_answers(path):
    assert not {name.partition(".")[0] for name in imports(path)} & {"starter_code", "solutions"}


def test_the_childs_side_imports_its_siblings_and_the_wire():
    """Relatively: it is loaded under another package name, without the rest of the project."""
    for path in INSIDE:
        found = {name for name in imports(path) if name.partition(".")[0] in OURS}
        siblings = {f"grader.student.inside.{other.stem}" for other in INSIDE}
        assert found <= {"grader.student.wire", *siblings}, short(path)


@pytest.mark.parametrize("path", [*INSIDE, WIRE], ids=short)
def test_the_childs_side_needs_nothing_but_numpy(path):
    outside = {module.partition(".")[0] for module in imports(path)}
    assert outside - set(sys.stdlib_module_names) - OURS <= {"numpy"}


def test_the_wire_imports_nothing_of_the_project():
    assert not {name.partition(".")[0] for name in imports(WIRE)} & OURS
