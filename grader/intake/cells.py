"""From a notebook's code cells to modules: what defines functions stays, what runs is left out.

Kept of the cells, in their order, so that a later definition wins as in a kernel: functions, the
classes, imports and simple values that these use. Training loops, plots, prints, `%magics` and
`!commands` are dropped, so that grading a notebook does not run it. Every kept line ends with a
comment that says where it comes from; `place_in` reads it back for messages.

A cell that is not Python but defines functions becomes a module of its own, and so does a function
that cannot be defined on its own: the error is told where that function is called for, and costs no
other one.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
import tokenize
import warnings
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass, field

# Of these an import does not fail; any other must not take the whole notebook down with it.
ALWAYS_THERE = frozenset({*sys.stdlib_module_names, "numpy", "assignment"})
BUILTINS = frozenset(dir(builtins))
MAGIC = re.compile(r"(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*\Z|\w[\w, ]*=\s*[%!])")
PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun", "writefile"})
DEFINES = re.compile(r"^(?:async )?def \w", re.MULTILINE)
DOTTED = re.compile(r"(?:\.\s*\w+\s*){64}")  # a dotted import takes quadratic time to parse
PLACE = re.compile(r"\s*# code cell (\d+), line (\d+)\Z")

_BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError)  # what compiling may raise


def place_in(line: str) -> tuple[str, int, int] | None:
    """The line without its comment, the code cell and the line in it; None for any other line."""
    match = PLACE.search(line)
    return (line[: match.start()], int(match[1]), int(match[2])) if match else None


@dataclass(frozen=True)
class _Part:
    """A top-level statement that may be kept."""

    cell: int
    lines: list[str]  # with their places
    binds: frozenset[str]
    reads: frozenset[str]  # the names in it
    eager: frozenset[str] = frozenset()  # those that it needs to be defined at all
    function: bool = False
    guarded: bool = False  # an import that may fail


@dataclass
class _Kept:
    parts: list[_Part] = field(default_factory=list)
    apart: list[tuple[int, list[str]]] = field(default_factory=list)  # cell, lines
    starred: bool = False  # names may come from an `import *`
    annotations: bool = False  # `from __future__ import annotations`


def modules(cells: list[str], stem: str) -> dict[str, bytes]:
    """The modules of a notebook: `stem.py`, and one for each piece that stands apart."""
    kept = _Kept()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the student's escapes and comparisons
        for number, source in enumerate(cells, start=1):
            _read_cell(kept, number, source)
    lines = ["from __future__ import annotations"] if kept.annotations else []
    for part in _chosen(kept):
        lines += _guarded(part.lines) if part.guarded else part.lines
    made = {f"{stem}.py": _encoded(lines)}
    for number, lines in kept.apart:
        made[free_name(f"{stem}_cell_{number}", made)] = _encoded(lines)
    return made


def free_name(stem: str, taken: Container[str]) -> str:
    """`stem.py`, or with a number if there is one already."""
    name, count = f"{stem}.py", 1
    while name in taken:
        count += 1
        name = f"{stem}_{count}.py"
    return name


def _encoded(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _guarded(lines: list[str]) -> list[str]:
    return ["try:", *(f"    {line}" for line in lines), "except ImportError:", "    pass"]


def _chosen(kept: _Kept) -> list[_Part]:
    """Functions, what they use, and what that uses; a function without its needs is set apart."""
    parts = kept.parts
    makers: defaultdict[str, list[int]] = defaultdict(list)
    for index, part in enumerate(parts):
        for name in part.binds:
            makers[name].append(index)
    chosen = {index for index, part in enumerate(parts) if part.function or not part.binds}
    waiting = list(chosen)
    while waiting:
        for name in parts[waiting.pop()].reads:
            more = [index for index in makers.pop(name, ()) if index not in chosen]
            chosen.update(more)
            waiting += more
    lost = set() if kept.starred else _lost(parts, chosen)
    kept.apart += [(parts[i].cell, parts[i].lines) for i in sorted(lost) if parts[i].function]
    return [parts[index] for index in sorted(chosen - lost)]


def _lost(parts: list[_Part], chosen: set[int]) -> set[int]:
    """The parts that cannot be defined, because what they need at once is not kept."""
    makers = Counter(n for i in chosen if not parts[i].guarded for n in parts[i].binds)
    users: defaultdict[str, list[int]] = defaultdict(list)
    for index in chosen:
        for name in parts[index].eager:
            users[name].append(index)
    missing = [name for name in users if not makers[name] and name not in BUILTINS]
    lost: set[int] = set()
    while missing:
        for index in users.pop(missing.pop(), ()):
            if index not in lost:
                lost.add(index)
                makers.subtract(parts[index].binds)
                missing += [name for name in parts[index].binds if not makers[name]]
    return lost


def _read_cell(kept: _Kept, number: int, source: str) -> None:
    tree = _parsed(source)
    if tree is None:
        source = _without_magics(source)
        tree = _parsed(source)
    lines = source.split("\n")
    if tree is None:
        if DEFINES.search(source):
            # Behind a backslash no comment can follow.
            rows = {row for row, line in enumerate(lines, start=1) if not line.endswith("\\")}
            kept.apart.append((number, _placed(lines, rows, number)))
        return
    placed = _placed(lines, _rows_that_end(source), number)
    for node in tree.body:
        try:
            _read_statement(kept, number, node, placed)
        except RecursionError:
            continue  # an expression that nobody wrote by hand


def _read_statement(kept: _Kept, number: int, node: ast.stmt, lines: list[str]) -> None:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        text = lines[first - 1 : node.end_lineno]
        function = not isinstance(node, ast.ClassDef)
        reads, eager = frozenset(_names(node, ast.Load)), frozenset(_eager(node))
        part = _Part(number, text, frozenset({node.name}), reads, eager, function)
        if _compiles(node):
            kept.parts.append(part)
        elif function:
            kept.apart.append((number, text))
    elif isinstance(node, ast.Import | ast.ImportFrom):
        _read_import(kept, number, node)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value and _is_simple(node.value):
        targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
        if all(isinstance(target, ast.Name | ast.Tuple) for target in targets):
            binds = frozenset(name for target in targets for name in _names(target, ast.Store))
            reads = frozenset(_names(node.value, ast.Load))
            plain = ast.copy_location(ast.Assign(targets, node.value), node)  # no annotation
            kept.parts.append(_Part(number, [_one_line(plain, number)], binds, reads, reads))


def _read_import(kept: _Kept, number: int, node: ast.Import | ast.ImportFrom) -> None:
    """A part for each name, so that those not used can be left out."""
    module = "" if isinstance(node, ast.Import) else node.module or ""
    if module == "__future__":
        kept.annotations |= any(alias.name == "annotations" for alias in node.names)
        return
    if isinstance(node, ast.ImportFrom) and node.level:
        return  # a notebook is in no package
    for alias in node.names:
        guarded = (module or alias.name).partition(".")[0] not in ALWAYS_THERE
        if alias.name == "*" and guarded:
            continue
        kept.starred |= alias.name == "*"
        one: ast.Import | ast.ImportFrom = (
            ast.ImportFrom(module, [alias], 0) if module else ast.Import([alias])
        )
        name = alias.asname or alias.name.partition(".")[0]
        binds = frozenset({name} - {"*"})
        line = _one_line(ast.copy_location(one, node), number)
        kept.parts.append(_Part(number, [line], binds, frozenset(), guarded=guarded))


def _parsed(source: str) -> ast.Module | None:
    if DOTTED.search(source.replace("\\\n", "")):
        return None
    try:
        return ast.parse(source)
    except _BROKEN:
        return None


def _compiles(node: ast.stmt) -> bool:
    """Whether it is Python in all: some mistakes are found only after parsing."""
    try:
        compile(ast.Module([node], []), "cell", "exec", dont_inherit=True)
    except _BROKEN:
        return False
    return True


def _without_magics(source: str) -> str:
    """The cell with `pass` for what only a notebook understands; empty if all of it is."""
    lines = source.split("\n")
    first = next((row for row, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if (lines[first][2:].split() or [""])[0] not in PYTHON_CELL_MAGICS:
            return ""
        lines[first] = ""
    return "\n".join(f"{m[1]}pass" if (m := MAGIC.match(line)) else line for line in lines)


def _placed(lines: list[str], rows: set[int], cell: int) -> list[str]:
    return [
        f"{line}  # code cell {cell}, line {row}" if row in rows else line
        for row, line in enumerate(lines, start=1)
    ]


def _one_line(node: ast.stmt, cell: int) -> str:
    return f"{ast.unparse(node)}  # code cell {cell}, line {node.lineno}"


def _rows_that_end(source: str) -> set[int]:
    """The rows after which a comment may stand: outside of strings, not behind a backslash."""
    rows = iter(source.split("\n"))
    try:
        tokens = list(tokenize.generate_tokens(lambda: f"{next(rows)}\n"))
    except (tokenize.TokenError, SyntaxError):
        return set()
    return {token.start[0] for token in tokens if token.type in (tokenize.NEWLINE, tokenize.NL)}


def _names(node: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, context):
            yield part.id


def _eager(node: ast.stmt) -> Iterator[str]:
    """The names read when a definition is executed, not when it is called."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        given = node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        annotations = [argument.annotation for argument in arguments if argument]
        heads = [*node.decorator_list, *given.defaults, *given.kw_defaults, *annotations]
        for head in [*heads, node.returns]:
            if head is not None:
                yield from _names(head, ast.Load)
    elif isinstance(node, ast.ClassDef):
        own = set(_names(node, ast.Store)) | {
            part.name for part in node.body if isinstance(part, ast.FunctionDef | ast.ClassDef)
        }
        for part in [*node.decorator_list, *node.bases, *(word.value for word in node.keywords)]:
            yield from _names(part, ast.Load)
        for statement in node.body:
            yield from (name for name in _eager(statement) if name not in own)
    else:
        yield from _names(node, ast.Load)


def _is_simple(value: ast.expr) -> bool:
    """A literal, a name, or a call like `np.random.default_rng(231)` of one with literals."""
    if isinstance(value, ast.Call):
        literal = [*value.args, *(word.value for word in value.keywords)]
        return _is_dotted(value.func) and all(map(_is_literal, literal))
    return _is_dotted(value) or _is_literal(value)


def _is_dotted(value: ast.expr) -> bool:
    while isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name)


def _is_literal(value: ast.expr) -> bool:
    try:
        ast.literal_eval(value)
    except _BROKEN:
        return False
    return True
