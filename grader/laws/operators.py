"""Mutation operators for numerical code: slips that a general mutation tool does not make.

An operator is given a node of a function's syntax tree and what is known of the whole function. It
yields what could stand in the node's place; `ast.Pass` takes a statement away.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from grader.laws.scope import Scope, nodes_of, scope_of

# What is easily taken for each other.
RELATED: Mapping[str, tuple[str, ...]] = {
    "mean": ("sum", "max", "var"),
    "sum": ("mean", "max"),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "sqrt": ("square", "cbrt"),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "ones": ("zeros",),
    "ones_like": ("zeros_like",),
    "random": ("standard_normal",),
    "float32": ("float64",),
}

IN_PLACE: Mapping[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
}


Replacements = Iterator[ast.AST]


def drop_operand(node: ast.AST, scope: Scope) -> Replacements:
    """a + b -> a, b"""
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
        if isinstance(node.op, ast.Sub):
            yield ast.UnaryOp(ast.USub(), node.right)


def swap_operands(node: ast.AST, scope: Scope) -> Replacements:
    """a - b -> b - a"""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Sub, ast.Div, ast.Pow)):
        yield ast.BinOp(node.right, node.op, node.left)


def drop_call(node: ast.AST, scope: Scope) -> Replacements:
    """np.sqrt(x) -> x, x.mean(axis=0) -> x"""
    if isinstance(node, ast.Call):
        yield from node.args
        if isinstance(node.func, ast.Attribute):
            yield node.func.value


def swap_function(node: ast.AST, scope: Scope) -> Replacements:
    """x.mean() -> x.sum()"""
    if isinstance(node, ast.Attribute):
        for name in RELATED.get(node.attr, ()):
            yield ast.Attribute(node.value, name, node.ctx)


def change_keyword(node: ast.AST, scope: Scope) -> Replacements:
    """x.sum(axis=0) -> x.sum(axis=1), x.sum()"""
    if not isinstance(node, ast.Call):
        return
    for index, keyword in enumerate(node.keywords):
        others = [*node.keywords[:index], *node.keywords[index + 1 :]]
        yield ast.Call(node.func, node.args, others)
        value = keyword.value
        if keyword.arg == "axis" and isinstance(value, ast.Constant) and value.value in (0, 1):
            changed = ast.keyword(keyword.arg, ast.Constant(1 - value.value))
            yield ast.Call(node.func, node.args, [*others, changed])


def swap_arguments(node: ast.AST, scope: Scope) -> Replacements:
    """f(a, b) -> f(b, a), (a, b) -> (b, a)"""
    if isinstance(node, ast.Call):
        for items in _swapped(node.args):
            yield ast.Call(node.func, items, node.keywords)
    elif isinstance(node, ast.Tuple):
        for items in _swapped(node.elts):
            yield ast.Tuple(items, node.ctx)


def swap_name(node: ast.AST, scope: Scope) -> Replacements:
    """m -> v, where both are local names of the same kind"""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope.bound:
        for other in scope.alike(node):
            yield ast.Name(other, node.ctx)


def swap_old_and_new(node: ast.AST, scope: Scope) -> Replacements:
    """v -> config["velocity"] and back, where the function stores the one in the other"""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in scope.entries:
        yield ast.parse(scope.entries[node.id], mode="eval").body
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        for name, entry in scope.entries.items():
            if ast.unparse(node) == entry and scope.bound[name] < node.lineno:
                yield ast.Name(name, node.ctx)


def change_number(node: ast.AST, scope: Scope) -> Replacements:
    """x -> 2 * x, x + 1, 0, 1 - x, -x, and 0.9 * x where x has a decimal point"""
    if not isinstance(node, ast.Constant):
        return
    match node.value:
        case bool():
            return
        case int(x):
            yield from map(ast.Constant, (2 * x, x + 1, 0, 1 - x, -x))
        case float(x):
            yield from map(ast.Constant, (2 * x, x + 1, 0.0, 1 - x, -x, 0.9 * x))


def change_string(node: ast.AST, scope: Scope) -> Replacements:
    """config["m"] -> config["v"], config["another"]"""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for other in (*scope.strings, f"another_{node.value}"):
            yield ast.Constant(other)


def negate(node: ast.AST, scope: Scope) -> Replacements:
    """y = x -> y = -x"""
    if isinstance(node, ast.Assign) and isinstance(node.value, (ast.BinOp, ast.Name, ast.Call)):
        yield ast.Assign(node.targets, ast.UnaryOp(ast.USub(), node.value), lineno=node.lineno)


def overwrite_default(node: ast.AST, scope: Scope) -> Replacements:
    """d.setdefault("key", x) -> d["key"] = x"""
    match node:
        case ast.Expr(ast.Call(ast.Attribute(container, "setdefault"), [key, value]), lineno=line):
            yield ast.Assign([ast.Subscript(container, key, ast.Store())], value, lineno=line)


def work_in_place(node: ast.AST, scope: Scope) -> Replacements:
    """x - y -> np.subtract(x, y, out=x), and y"""
    if isinstance(node, ast.BinOp) and type(node.op) in IN_PLACE:
        function = ast.Attribute(ast.Name("np", ast.Load()), IN_PLACE[type(node.op)], ast.Load())
        for side in (node.left, node.right):
            if isinstance(side, (ast.Name, ast.Subscript)):
                out = ast.keyword("out", side)
                yield ast.Call(function, [node.left, node.right], [out])


def drop_statement(node: ast.AST, scope: Scope) -> Replacements:
    """y = x -> pass"""
    if isinstance(node, ast.stmt):
        yield ast.Pass()


def drop_part_of_assignment(node: ast.AST, scope: Scope) -> Replacements:
    """a, b = x, y -> a = x"""
    if not isinstance(node, ast.Assign):
        return
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for dropped in range(len(target.elts)):
            targets = [t for i, t in enumerate(target.elts) if i != dropped]
            values = [v for i, v in enumerate(value.elts) if i != dropped]
            new = ast.Tuple(targets, ast.Store()), ast.Tuple(values, ast.Load())
            yield ast.Assign([new[0]], new[1], lineno=node.lineno)


def decide(node: ast.AST, scope: Scope) -> Replacements:
    """if x: -> if True:, if False:"""
    if isinstance(node, ast.If):
        for answer in (True, False):
            yield ast.If(ast.Constant(answer), node.body, node.orelse)


OPERATORS: tuple[Callable[[ast.AST, Scope], Replacements], ...] = (
    drop_operand,
    swap_operands,
    drop_call,
    swap_function,
    change_keyword,
    swap_arguments,
    swap_name,
    swap_old_and_new,
    change_number,
    change_string,
    negate,
    overwrite_default,
    work_in_place,
    drop_statement,
    drop_part_of_assignment,
    decide,
)


def replaced(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """Every operator at every place in the body: the operator's name, and the source with it."""
    scope = scope_of(function)
    for parent in [function, *nodes_of(function)]:
        for field, value in ast.iter_fields(parent):
            if parent is function and field != "body":
                continue
            children = value if isinstance(value, list) else [value]
            for index, child in enumerate(children):
                if not isinstance(child, ast.AST):
                    continue
                for operator in OPERATORS:
                    for other in operator(child, scope):
                        changed = [*children[:index], other, *children[index + 1 :]]
                        setattr(parent, field, changed if isinstance(value, list) else other)
                        yield operator.__name__, ast.unparse(function)
                for changed in _swapped_statements(children, index):
                    setattr(parent, field, changed)
                    yield "swap_statements", ast.unparse(function)
            setattr(parent, field, value)


def _swapped_statements(body: list[ast.AST], index: int) -> Iterator[list[ast.AST]]:
    """The body with a statement after the next one, if one of them writes what the other uses."""
    pair = body[index : index + 2]
    if len(pair) == 2 and all(isinstance(statement, ast.stmt) for statement in pair):
        (wrote, used), (wrote_next, used_next) = map(_effects, pair)
        if wrote & (used_next | wrote_next) or wrote_next & used:
            yield [*body[:index], *reversed(pair), *body[index + 2 :]]


def _effects(statement: ast.AST) -> tuple[set[str], set[str]]:
    """The names and entries that a statement writes, and those that it reads."""
    written: set[str] = set()
    read: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, (ast.Name, ast.Subscript)):
            text = ast.unparse(node)
            (read if isinstance(node.ctx, ast.Load) else written).add(text)
    return written, read


def _swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for i in range(len(items) - 1):
        yield [*items[:i], items[i + 1], items[i], *items[i + 2 :]]
