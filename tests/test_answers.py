"""The instructor's other answers: wrong ones and accepted ones, read from their folders."""

import pytest

from grader.answers import load_variants, load_wrong_answers
from grader.manifest import load_manifest
from grader.recordings import Variant
from grader.reference import OracleError

FOLDERS = {
    "wrong_answers": ("WRONG_ANSWERS", load_wrong_answers),
    "accepted_variants": ("ACCEPTED_VARIANTS", load_variants),
}
DOCUMENTED = """
def f(x):
    '''cause.

    Advice.

    Seen: here.
    '''
    return x
"""


@pytest.fixture
def toy_project(toy):
    return toy(recorded=False)


@pytest.fixture
def toy_manifest(toy_project):
    return load_manifest(toy_project.manifest)


@pytest.fixture(params=FOLDERS)
def folder(request):
    """Wrong answers and variants: what holds of both."""
    return request.param


def test_the_docstring_of_a_wrong_answer_is_what_the_student_reads(toy_project, toy_manifest):
    square, three = load_wrong_answers(toy_project, toy_manifest)
    assert square.mistake.id == "double-of-the-square"
    assert square.mistake.function == "double"
    assert square.mistake.cause == "the input is squared"
    assert square.mistake.advice == "Try it with 3."
    assert square.seen == "here."
    assert square.run(3) == 9
    assert (square.mistake.follow_through, three.mistake.follow_through) == (False, True)
    assert square.mistake.witnesses == {}


def test_what_is_charged_once_is_listed(toy_project, toy_manifest):
    path = toy_project.solutions / "wrong_answers" / "arithmetic.py"
    path.write_text(path.read_text() + "\nCHARGED_ONCE = [halve_by_three]\n")
    square, three = load_wrong_answers(toy_project, toy_manifest)
    assert (square.mistake.charged_once, three.mistake.charged_once) == (False, True)


def test_the_docstring_of_a_variant_is_the_note_in_one_line(toy, toy_manifest):
    project = toy(
        variants="""
def double_by_adding(x):
    '''Adding is doubling.

    Accepted.
    '''
    return x + x

ACCEPTED_VARIANTS = {"double": [double_by_adding]}
""",
        recorded=False,
    )
    (accepted,) = load_variants(project, toy_manifest)
    note = "Adding is doubling. Accepted."
    assert accepted.variant == Variant("double-by-adding", "double", note)
    assert accepted.run(4) == 8


def test_they_come_in_the_order_of_files_and_of_the_table(toy_project, toy_manifest, folder):
    table, load = FOLDERS[folder]
    where = toy_project.solutions / folder
    (where / "arithmetic.py").unlink()
    for name, functions in (("b", ("f", "e")), ("a", ("h", "g"))):
        source = "".join(DOCUMENTED.replace("def f", f"def {function}") for function in functions)
        listed = ", ".join(functions)
        (where / f"{name}.py").write_text(f"{source}\n{table} = {{'triple': [{listed}]}}\n")
    assert [each.run.__name__ for each in load(toy_project, toy_manifest)] == ["h", "g", "f", "e"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def f(x):\n    return x\nTABLE = {'double': [f]}", r"\bf: its docstring|\bf has no doc"),
        ("TABLE = {'quadruple': []}", "quadruple"),
        ("1 / 0", "does not load"),
        ("def f(:", "does not load"),
    ],
)
def test_a_malformed_one_is_named(toy_project, toy_manifest, folder, source, told):
    table, load = FOLDERS[folder]
    path = toy_project.solutions / folder / "arithmetic.py"
    path.write_text(source.replace("TABLE", table))
    with pytest.raises(OracleError, match=told) as caught:
        load(toy_project, toy_manifest)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "docstring",
    ["cause.", "cause.\n\n    Seen: x\n    ", "cause.\n\n    Advice.\n    ", "\n    Seen: x\n    "],
    ids=["cause only", "no advice", "not seen", "no cause"],
)
def test_a_wrong_answer_needs_a_cause_advice_and_a_source(toy_project, toy_manifest, docstring):
    path = toy_project.solutions / "wrong_answers" / "arithmetic.py"
    path.write_text(f"def f(x):\n    '''{docstring}'''\nWRONG_ANSWERS = {{'double': [f]}}")
    with pytest.raises(OracleError, match=r"\bf: its docstring") as caught:
        load_wrong_answers(toy_project, toy_manifest)
    assert str(path) in str(caught.value)


def test_two_of_one_name_are_refused(toy_project, toy_manifest, folder):
    table, load = FOLDERS[folder]
    for name in ("arithmetic", "more"):
        path = toy_project.solutions / folder / f"{name}.py"
        path.write_text(f"{DOCUMENTED}\n{table} = {{'double': [f]}}\n")
    with pytest.raises(OracleError, match=r"more\.py: two functions are called f"):
        load(toy_project, toy_manifest)


def test_without_a_folder_there_are_none(toy_project, toy_manifest, folder):
    where = toy_project.solutions / folder
    (where / "arithmetic.py").unlink()
    assert FOLDERS[folder][1](toy_project, toy_manifest) == []
    where.rmdir()
    assert FOLDERS[folder][1](toy_project, toy_manifest) == []


def test_every_real_one_loads(project, manifest):
    """And no mistake is charged once that cannot be followed through."""
    wrong = load_wrong_answers(project, manifest)
    assert wrong
    assert load_variants(project, manifest)
    for each in wrong:
        assert each.mistake.follow_through or not each.mistake.charged_once, each.mistake.id
