"""Mutants: what each operator does, and what none of them touches."""

import ast
import sys
import warnings

import pytest

from grader.errors import sentence_and_code
from grader.laws import mutation
from grader.laws.mutation import body_of, mutants_of, mutants_of_function, run_in
from grader.laws.operators import OPERATORS, replaced
from grader.laws.scope import CONTAINER, TEXT, VALUE, scope_of
from grader.manifest import load_manifest

RULE = """
def rule(w, dw, config, mode):
    if mode == 'train':
        v = 0.5 * config['velocity'] - dw
        config['velocity'] = v
    m, n = (v, np.sqrt(w, dw))
    return (w + v, m.sum(axis=0, keepdims=True))
"""

# By operator: a statement, and everything that it becomes.
CHANGES = [
    ("drop_operand", "y = a + b", ["y = a", "y = b"]),
    ("drop_operand", "y = a - b", ["y = a", "y = b", "y = -b"]),
    ("swap_operands", "y = a - b", ["y = b - a"]),
    ("swap_operands", "y = a ** b / 2", ["y = b ** a / 2", "y = 2 / (a ** b)"]),
    ("swap_operands", "y = a * b", []),
    ("drop_call", "y = np.sqrt(a)", ["y = a", "y = np"]),
    ("drop_call", "y = a.mean(axis=0)", ["y = a"]),
    ("swap_function", "y = a.sum()", ["y = a.mean()", "y = a.max()"]),
    ("swap_function", "y = np.maximum(a, b)", ["y = np.minimum(a, b)"]),
    ("change_keyword", "y = a.sum(axis=0)", ["y = a.sum()", "y = a.sum(axis=1)"]),
    ("change_keyword", "y = a.sum(keepdims=True)", ["y = a.sum()"]),
    ("swap_arguments", "y = f(a, b, c)", ["y = f(b, a, c)", "y = f(a, c, b)"]),
    ("swap_arguments", "y = (a, b)", ["y = (b, a)"]),
    ("swap_name", "y = a", ["y = b"]),
    ("swap_name", "y = a['k'] + b", []),
    ("swap_old_and_new", "a['k'] = b; y = b", ["a['k'] = b; y = a['k']", "a['k'] = a['k']; y = b"]),
    (
        "swap_old_and_new",
        "a['k'] = b; y = a['k']",
        ["a['k'] = a['k']; y = a['k']", "a['k'] = b; y = b"],
    ),
    ("change_number", "y = 3", ["y = 6", "y = 4", "y = 0", "y = -2", "y = -3"]),
    ("change_number", "y = True", []),
    ("change_number", "y = 0.5", [f"y = {x}" for x in (1.0, 1.5, 0.0, 0.5, -0.5, 0.45)]),
    ("change_string", "y = a['k']", ["y = a['k']", "y = a['another_k']"]),
    (
        "change_string",
        "y = a['k'] + a['l']",
        [f"y = a['{k}'] + a['l']" for k in ("k", "l", "another_k")]
        + [f"y = a['k'] + a['{k}']" for k in ("k", "l", "another_l")],
    ),
    ("negate", "y = a", ["y = -a"]),
    ("negate", "y = (a, b)", []),
    ("overwrite_default", "a.setdefault('k', b)", ["a['k'] = b"]),
    (
        "work_in_place",
        "y = a - b",
        ["y = np.subtract(a, b, out=a)", "y = np.subtract(a, b, out=b)"],
    ),
    ("work_in_place", "y = 2 * a['k']", ["y = np.multiply(2, a['k'], out=a['k'])"]),
    ("drop_statement", "y = a; z = b", ["pass; z = b", "y = a; pass"]),
    ("drop_part_of_assignment", "y, z = (a, b)", ["z, = (b,)", "y, = (a,)"]),
    ("decide", "if a: y = b", ["if True: y = b", "if False: y = b"]),
    ("swap_statements", "y = a; z = y", ["z = y; y = a"]),
    ("swap_statements", "a['k'] = b; y = a['k']", ["y = a['k']; a['k'] = b"]),
    ("swap_statements", "y = a; z = b", []),
]


def of(body):
    """A function of a and b, as `ast.unparse` writes it."""
    head, _, rest = body.rpartition(": ")
    lines = [f"    {head}:", f"        {rest}"] if head else [f"    {body}"]
    return ast.unparse(ast.parse("\n".join(["def f(a, b):", *lines])))


@pytest.mark.parametrize(("operator", "statement", "expected"), CHANGES)
def test_an_operator_does_what_it_says(operator, statement, expected):
    (function,) = ast.parse(of(statement)).body
    before = ast.unparse(function)
    found = [source for name, source in replaced(function) if name == operator]
    assert sorted(found) == sorted(map(of, expected))
    assert ast.unparse(function) == before


def test_every_operator_has_an_example():
    names = {operator.__name__ for operator in OPERATORS}
    assert names == {name for name, _, _ in CHANGES} - {"swap_statements"}
    assert all(operator.__doc__ for operator in OPERATORS)


def test_names_are_swapped_within_their_kind_and_once_they_have_a_value():
    (function,) = ast.parse(RULE).body
    scope = scope_of(function)
    assert scope.kinds == {
        "w": VALUE,
        "dw": VALUE,
        "config": CONTAINER,
        "mode": TEXT,
        "v": VALUE,
        "m": VALUE,
        "n": VALUE,
    }
    assert scope.entries == {"v": "config['velocity']"}
    first_dw = next(
        node
        for node in ast.walk(function.body[0])
        if isinstance(node, ast.Name) and node.id == "dw"
    )
    assert scope.alike(first_dw) == ["w"]


def test_mutants_are_unique_compile_and_differ_from_the_original():
    original = body_of(RULE, "rule")
    mutants = mutants_of_function(original)
    assert len(mutants) > 60
    sources = [mutant.source for mutant in mutants]
    assert len(set(sources)) == len(sources)
    for source in sources:
        compile(source, "mutant", "exec")
        assert source == ast.unparse(ast.parse(source)) != original
    own = {operator.__name__ for operator in OPERATORS}
    assert {mutant.operator for mutant in mutants} - own > {"ReplaceBinaryOperator"}


def test_a_diff_shows_what_changes_and_what_is_around_it():
    (mutant,) = (m for m in mutants_of_function("def f(x):\n    return -x") if "+x" in m.source)
    assert mutant.diff == [" def f(x):", "-    return -x", "+    return +x"]


SHIELDED = '''
def outer(x=1):
    """Not 2 but 3."""

def f(x, y=5):
    """The sum, plus 7."""
    if x < 11:
        raise ValueError(f"{x} is under 11, or 12: " + str(y - 1))
    return x + y
'''


def test_signature_docstring_and_errors_stay_as_they_are():
    original = body_of(SHIELDED, "f")
    assert "The sum" not in original
    mutants = mutants_of_function(original)
    assert any(mutant.operator == "drop_operand" for mutant in mutants)
    for mutant in mutants:
        assert mutant.source.startswith("def f(x, y=5):\n")
        assert (
            "    raise ValueError(f'{x} is under 11, or 12: ' + str(y - 1))" in mutant.source
            or ("raise" not in mutant.source)
        )


def test_what_python_warns_of_is_no_mutant():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mutants = mutants_of_function("def f(x):\n    return x == 'a'")
    told = {mutant.source.rpartition("x ")[2] for mutant in mutants}
    assert {"!= 'a'", "<= 'a'"} <= told
    assert not any(text.startswith("is") for text in told)


def test_every_function_of_the_manifest_is_changed(toy):
    project = toy(recorded=False)
    manifest = load_manifest(project.manifest)
    found = [mutant.function for mutant in mutants_of(project, manifest)]
    assert list(dict.fromkeys(found)) == ["double", "halve", "unhalve", "triple"]


def test_a_mutant_runs_among_the_names_of_its_module():
    (mutant,) = (
        m for m in mutants_of_function("def f():\n    return ten + 1") if "ten - 1" in m.source
    )
    namespace = {"ten": 10}
    assert run_in(namespace, mutant)() == 9
    assert namespace == {"ten": 10}


def test_without_cosmic_ray_its_name_is_told(monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] == "cosmic_ray":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cosmic_ray", None)
    with pytest.raises(ModuleNotFoundError) as caught:
        mutation.require_cosmic_ray()
    sentence, code = sentence_and_code(caught.value)
    assert sentence.startswith("The package cosmic_ray is not installed")
    assert code == 2
