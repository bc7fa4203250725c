"""Three-way merge: two changes of one function, where they do not get in each other's way."""

import ast

import pytest

from grader.merging import Conflict, merge, tree_of

BASE = """
def f(x, state):
    state.setdefault("rate", 0.1)
    if x > 0:
        a = x + 1
        b = a * state["rate"]
    else:
        b = 0
    state["b"] = b
    return b, state
"""


def tree(source):
    (function,) = ast.parse(source).body
    return function


def changed(*replacements):
    source = BASE
    for old, new in replacements:
        assert old in source
        source = source.replace(old, new)
    return source


def merged(*sources):
    return ast.unparse(merge(*map(tree, (BASE, *sources))))


def normal(source):
    return ast.unparse(tree(source))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("0.1", "0.2"), ("x + 1", "x - 1")),
        (("a = x + 1", "a = x"), ('a * state["rate"]', "a * 2")),
        (("x + 1", "x + 2"), ('    state["b"] = b\n', "")),
        (("x > 0", "x >= 0"), ("b = 0", "b = 1")),
        (('state["rate"]', "0.1"), ('b = a * state["rate"]', 'b = a / state["rate"]')),
        (("(x, state)", "(x, state={})"), ("x + 1", "x")),
        (("        a = x + 1\n", "        x = -x\n        a = x + 1\n"), ("x + 1", "x + 2")),
    ],
    ids=[
        "statements apart",
        "neighbours",
        "a line less",
        "parts of a statement",
        "parts of an expression",
        "a default",
        "a new line beside",
    ],
)
def test_two_changes_are_put_together(one, other):
    if one[0] == 'state["rate"]':
        expected = changed(('a * state["rate"]', "a / 0.1"))
    elif "x = -x" in one[1]:
        expected = changed((one[0], one[1].replace("x + 1", "x + 2")))
    else:
        expected = changed(one, other)
    assert merged(changed(one), changed(other)) == normal(expected)
    assert merged(changed(other), changed(one)) == normal(expected)


def test_what_both_change_alike_is_changed_once():
    same = ('state.setdefault("rate", 0.1)\n', 'state = {"rate": 0.1, **state}\n    rate = 1\n')
    first, second = ('state["b"] = b', 'state["b"] = 1'), ("return b", "return 2")
    one, other = changed(same, first), changed(same, second)
    assert merged(one, other) == normal(changed(same, first, second))
    assert merged(one, one) == normal(one)
    assert merged(one, BASE) == merged(BASE, one) == normal(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("0.1", "0.2"), ("0.1", "0.3")),
        (("x + 1", "x"), ("x + 1", "1")),
        (("x + 1", "x - 1"), ("x + 1", "x * 1")),
        (("        a = x + 1\n", ""), ("x + 1", "x + 2")),
        (("    else:\n", "    elif x < 0:\n"), ("b = 0", "b = 1")),
        (
            ("return b, state", "b = 1\n    return b, state"),
            ("return b, state", "pass\n    return b, state"),
        ),
        # Not the same difference with other operands, but another expression.
        (("a * state", "a - 1 * state"), ('state["rate"]', 'state["b"]')),
    ],
)
def test_changes_of_one_place_are_a_conflict(one, other):
    for pair in ((one, other), (other, one)):
        with pytest.raises(Conflict):
            merged(*map(changed, pair))


def documented(x: int) -> int:
    """Words and annotations are nothing that is computed."""
    return x + 1


def plain(y):
    # nor are remarks
    return y + 1


def test_a_functions_tree_is_what_it_computes():
    assert ast.unparse(tree_of(documented)).replace("x", "y") == ast.unparse(tree_of(plain))


def test_what_has_no_source_of_its_own_has_no_tree():
    number = 3

    def closure(x):
        return x + number

    for function in (closure, lambda x: x, len, ast.AST, 5, pytest.fixture(plain)):
        assert tree_of(function) is None
