"""What an attack is: one file, which is the student's file, and a block in it that says the rest.

The block is TOML in comments, in the form of PEP 723:

    # /// attack
    # file = "optim.py"        the name under which it is handed in (needed unless it is an archive)
    # beside = ["dropout.py"]  honest files of the solutions, handed in with it
    # modes = "any"            "any": runs in every mode; "confined": never without confinement
    # stopped_by = "seccomp"   the one layer without which it succeeds
    # known = "..."            why today's verdict is wrong: the test is expected to fail
    # [expects]                statuses by question, for all its checks or by check, "*": the others
    # sgd_momentum = "failed"
    # adam = { "*" = "crashed", takes_float32 = "failed" }
    # [without]                statuses in a mode that lacks `stopped_by`; only if it harms nobody
    # ///

With `kind = "archive"` the file is no student's: its `write(folder)` makes what is handed in, and
`refused` is the key of the sentence with which it is refused, if it is.
"""

from __future__ import annotations

import ast
import re
import runpy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.results import Status

FOLDER = Path(__file__).parent
HARNESS = {"attack.py", "modes.py", "conftest.py", "test_attacks.py"}
BLOCK = re.compile(r"^# /// attack\n((?:#(?: .*)?\n)+?)# ///$", re.MULTILINE)
FIELDS = {"kind", "file", "beside", "modes", "stopped_by", "known", "refused", "expects", "without"}
LAYERS = {"rlimits", "landlock", "seccomp"}
EVERYTHING = "*"

Statuses = Mapping[str, str | Mapping[str, str]]


class AttackError(Exception):
    """An attack's block is not right; the sentence says what to change."""


@dataclass(frozen=True)
class Attack:
    """One attack, as its block describes it."""

    name: str
    path: Path
    source: str
    title: str
    file: str
    beside: tuple[str, ...]
    modes: str
    stopped_by: str
    known: str
    refused: str | None
    expects: Statuses
    without: Statuses

    @property
    def is_archive(self) -> bool:
        """Whether the file makes what is handed in, in place of being it."""
        return not self.file

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions it is graded on; none: all."""
        return tuple(name for name in self.expects if name != EVERYTHING)

    def write(self, folder: Path) -> Path:
        """Make a hostile archive."""
        made: Path = runpy.run_path(str(self.path))["write"](folder)
        return made


def expected_status(statuses: Statuses, question: str, check: str) -> str:
    """The status that a check should have."""
    of_question = statuses.get(question, statuses.get(EVERYTHING, ""))
    if isinstance(of_question, str):
        return of_question
    return of_question.get(check, of_question.get(EVERYTHING, ""))


def load_attacks(folder: Path = FOLDER) -> dict[str, Attack]:
    """All attacks by name."""
    paths = sorted(path for path in folder.glob("*.py") if path.name not in HARNESS)
    return {path.stem: read_attack(path) for path in paths}


def read_attack(path: Path) -> Attack:
    """The attack in a file; AttackError if its block is not right."""
    source = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise AttackError(f"{path.name}: it does not compile: {error}") from error
    found = BLOCK.findall(source)
    if len(found) != 1:
        raise AttackError(f"{path.name}: it has {len(found)} blocks `# /// attack`, not one")
    text = "".join(line[2:] or "\n" for line in found[0].splitlines(keepends=True))
    try:
        block = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AttackError(f"{path.name}: its block is not TOML: {error}") from error
    problem = _problem(block, ast.get_docstring(tree) or "", tree)
    if problem:
        raise AttackError(f"{path.name}: {problem}")
    return Attack(
        name=path.stem,
        path=path,
        source=source,
        title=(ast.get_docstring(tree) or "").partition("\n")[0],
        file=block.get("file", ""),
        beside=tuple(block.get("beside", ())),
        modes=block["modes"],
        stopped_by=block.get("stopped_by", ""),
        known=block.get("known", ""),
        refused=block.get("refused"),
        expects=block["expects"],
        without=block.get("without", {}),
    )


def _problem(block: dict[str, object], docstring: str, tree: ast.Module) -> str:
    if unknown := block.keys() - FIELDS:
        return f"its block has unknown fields: {', '.join(sorted(unknown))}"
    if not docstring:
        return "it has no docstring that says what it does"
    if block.get("modes") not in ("any", "confined"):
        return 'modes must be "any" or "confined"'
    if block.get("kind", "module") not in ("module", "archive"):
        return 'kind must be "module" or "archive"'
    is_archive = block.get("kind") == "archive"
    if is_archive == ("file" in block):
        return 'it needs `file`, or `kind = "archive"`, and not both'
    if is_archive and not any(
        isinstance(node, ast.FunctionDef) and node.name == "write" for node in tree.body
    ):
        return "an archive needs a function `write(folder)`"
    if block.get("stopped_by", "seccomp") not in LAYERS:
        return f"stopped_by must be one of {', '.join(sorted(LAYERS))}"
    if "without" in block and "stopped_by" not in block:
        return "[without] needs stopped_by"
    for table in ("expects", "without"):
        statuses = block.get(table, {} if table == "without" else None)
        if not isinstance(statuses, dict) or (table == "expects" and not statuses):
            return f"[{table}] must be a table of statuses"
        for value in statuses.values():
            inner = value.values() if isinstance(value, dict) else [value]
            if not {*inner} <= {*Status} - {Status.ERROR}:
                return f"[{table}] has a status that no check can have: {sorted(map(str, inner))}"
    if block.get("without", block["expects"]).keys() != block["expects"].keys():  # type: ignore[attr-defined]
        return "[without] must name the questions of [expects]"
    return ""
