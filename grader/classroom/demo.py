"""A class to try things on: made-up submissions, with the truth about each beside them.

The submissions are the solutions with one function replaced: by an accepted variant, a known wrong
answer, a mutant, a stub, or something that has to be stopped. So it is known which question must
lose marks, which must not, and what must be told.
"""

from __future__ import annotations

import ast
import csv
import random
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.answers import load_variants, load_wrong_answers
from grader.classroom.demo_answers import notebooks_of
from grader.laws.equivalents import EQUIVALENTS, read_equivalents
from grader.laws.mutation import Mutant, body_of
from grader.laws.operators import replaced
from grader.laws.trial import affected_by
from grader.manifest import Manifest, load_manifest
from grader.project import Project

TRUTH = "truth.csv"
HOSTILE = {
    "hangs": "    while True:\n        pass",
    "exits": "    import os\n    os._exit(0)",
    "fills the memory": "    x = [0]\n    while True:\n        x += x",
    "prints without end": "    while True:\n        print('all tests passed')",
    "raises": "    raise RuntimeError('not today')",
}


@dataclass(frozen=True)
class Truth:
    """What must come of a submission.

    question: the one that was changed; all others that do not use it earn full marks
    earns: what it earns itself: full, less or nothing; or "less together": it and the questions
        that use it do not all earn everything (what a forward pass keeps shows in the backward one)
    diagnosis: the known mistake that was put in
    """

    student: str
    kind: str
    what: str
    question: str
    earns: str
    diagnosis: str = ""


@dataclass(frozen=True)
class _Change:
    kind: str
    what: str
    function: str
    source: str
    earns: str
    diagnosis: str = ""


def make_class(project: Project, folder: Path, count: int, seed: int) -> Path:
    """Write `count` submissions into a new folder; the file beside it that tells the truth."""
    manifest = load_manifest(project.manifest)
    files = {
        name: (project.solutions / name).read_text(encoding="utf-8") for name in manifest.files
    }
    draw = random.Random(seed)
    changes = _changes(project, manifest, files, draw)
    folder.mkdir(parents=True)
    truths = []
    for number in range(count):
        student = f"student{number:05}"
        change = next(changes)
        submission = dict(files)
        question = ""
        if change is not None:
            declared = manifest.functions[change.function]
            question = declared.question
            submission[declared.file] = _with(files[declared.file], change)
        for name, text in submission.items():
            path = folder / student / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for name, notebook in notebooks_of(manifest, seed, student).items():
            (folder / student / name).write_bytes(notebook)
        truths.append(
            Truth(student, change.kind, change.what, question, change.earns, change.diagnosis)
            if change is not None
            else Truth(student, "solutions", "", "", "full")
        )
    target = truth_of(folder)
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(asdict(truths[0])))
        writer.writeheader()
        writer.writerows(asdict(truth) for truth in truths)
    return target


def disagreements(
    project: Project, truths: Iterable[Truth], results: Mapping[str, Any]
) -> dict[str, list[str]]:
    """Where results (schema 1, by student) are not what the truth asks for, by student."""
    manifest = load_manifest(project.manifest)
    found = {
        truth.student: [
            f"{truth.student} ({truth.kind}: {truth.what}): {complaint}"
            for complaint in _complaints(manifest, truth, results.get(truth.student))
        ]
        for truth in truths
    }
    return {student: complaints for student, complaints in found.items() if complaints}


def _complaints(manifest: Manifest, truth: Truth, result: Any) -> Iterator[str]:
    if result is None:
        yield "no result"
        return
    affected: set[str] = set()
    if truth.question and truth.earns != "full":
        function = manifest.question(truth.question).functions[0].name
        affected = set(affected_by(manifest, function))
    perfect = {q["name"] for q in result["questions"] if q["score"] == q["max_score"]}
    if truth.earns == "less together" and perfect.issuperset(affected):
        yield f"{truth.question} and what uses it earn everything, and it is wrong"
    for question in result["questions"]:
        name, score = question["name"], question["score"]
        if name not in affected and name not in perfect:
            yield f"{name} earns {score} of {question['max_score']}, and nothing is wrong with it"
        if name != truth.question:
            continue
        if truth.earns == "nothing" and score != 0:
            yield f"{name} earns {score}, and it should earn nothing"
        if truth.earns == "less" and name in perfect:
            yield f"{name} earns everything, and it is wrong"
        told = {check["diagnosis"]["id"] for check in question["checks"] if check["diagnosis"]}
        if truth.diagnosis and truth.diagnosis not in told:
            yield f"{name} is told {', '.join(sorted(told)) or 'no mistake'}"


def truth_of(folder: Path) -> Path:
    """Where the truth about the class in a folder is: beside it."""
    return folder.with_name(f"{folder.name}-{TRUTH}")


def read_truth(path: Path) -> list[Truth]:
    """The truth about a class, as `make_class` has written it."""
    with path.open(newline="", encoding="utf-8") as file:
        return [Truth(**row) for row in csv.DictReader(file)]


def _changes(
    project: Project, manifest: Manifest, files: Mapping[str, str], draw: random.Random
) -> Iterator[_Change | None]:
    """An endless mixture of changes; None: hand in the solutions."""
    # Without a question's first function there is nothing to be had, without a later one less.
    first = {question.functions[0].name for question in manifest.questions if question.functions}
    earned = {name: "nothing" if name in first else "less" for name in manifest.functions}
    kinds = {
        "variant": [
            _Change(
                "variant",
                a.variant.id,
                a.variant.function,
                _source_of(a.run, a.variant.function),
                "full",
            )
            for a in load_variants(project, manifest)
        ],
        "wrong answer": [
            _Change(
                *("wrong answer", w.mistake.id, w.mistake.function),
                *(_source_of(w.run, w.mistake.function), "less", w.mistake.id),
            )
            for w in load_wrong_answers(project, manifest)
        ],
        "mutant": list(_mutants(project, manifest, files)),
        "unfinished": [
            _Change("unfinished", "not written", name, _stub(files[f.file], name), earned[name])
            for name, f in manifest.functions.items()
        ],
        "hostile": [
            _Change("hostile", what, name, _stub(files[f.file], name, body), earned[name])
            for name, f in manifest.functions.items()
            for what, body in HOSTILE.items()
        ],
    }
    shares = {"solutions": 4, "variant": 2, "wrong answer": 6, "mutant": 4, "unfinished": 3}
    shares["hostile"] = 1
    for kind, changes in kinds.items():
        kinds[kind] = [change for change in changes if change.source]
    while True:
        (kind,) = draw.choices(list(shares), list(shares.values()))
        yield draw.choice(kinds[kind]) if kind in kinds else None


def _mutants(project: Project, manifest: Manifest, files: Mapping[str, str]) -> Iterator[_Change]:
    listed = read_equivalents(project.solutions / EQUIVALENTS)
    for name, declared in manifest.functions.items():
        original = body_of(files[declared.file], name)
        (function,) = ast.parse(original).body
        assert isinstance(function, ast.FunctionDef)
        for operator, changed in replaced(function):
            mutant = Mutant(name, operator, ast.unparse(ast.parse(changed)), original)
            if mutant.diff and not any(entry.is_of(mutant) for entry in listed):
                yield _Change("mutant", operator, name, mutant.source, "less together")


def _stub(text: str, name: str, body: str = "    raise NotImplementedError") -> str:
    function = _function(text, name)
    return f"def {name}({ast.unparse(function.args)}):\n{body}"


def _source_of(function: Callable[..., Any], name: str) -> str:
    """Source that defines a function of the instructor's as `name`, with all that it uses."""
    tree = ast.parse(Path(function.__code__.co_filename).read_text(encoding="utf-8"))
    defined = {defined: node for node in tree.body for defined in _names_of(node)}
    # In its module it may be called otherwise, or be made by another function.
    names = (key for key, value in function.__globals__.items() if value is function)
    called = next(names, None)
    if called is None:  # only in a table: its source cannot be cut out
        return ""
    wanted: list[ast.stmt] = []
    pending = [called]
    while pending:
        node = defined.pop(pending.pop(), None)
        if node is not None and node not in wanted:
            wanted.append(node)
            pending += [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    body = "\n".join(ast.unparse(node) for node in tree.body if node in wanted)
    # In a scope of its own: its helpers may have the names of the file's.
    lines = ["def _made():", textwrap.indent(f"{body}\nreturn {called}", "    ")]
    return "\n".join([*lines, f"{name} = _made()"])


def _names_of(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _with(text: str, change: _Change) -> str:
    """A file with one of its functions replaced."""
    function = _function(text, change.function)
    lines = text.splitlines()
    lines[function.lineno - 1 : function.end_lineno] = change.source.splitlines()
    return "\n".join(lines) + "\n"


def _function(text: str, name: str) -> ast.FunctionDef:
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise LookupError(f"no function {name}")
