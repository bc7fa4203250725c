"""The pytest plugin: what makes a plain test function a check.

A check is marked with its question, its docstring is the line a student reads, and its fixtures are

- `student`    the submission's functions, run in the student process;
- `reference`  the right answers;
- `rng`        a random generator, seeded for this check alone;
- `verdicts`   what became of the questions before, for a check that builds on them.

`grader grade` drives the checks through `grading` and `judging`; `pytest grader/checks` works too
and grades `starter_code` in practice mode, or the folder given by `--submission`.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from grader.manifest import Manifest

if TYPE_CHECKING:
    from grader.judging import Judge
    from grader.reference import Oracle
    from grader.student.functions import Student


def check(
    question: str, *, weight: int = 1, edge: bool = False, needs: tuple[str, ...] = ()
) -> pytest.MarkDecorator:
    """Mark a test function as a check of a question.

    weight: share of the question's points, relative to its other checks.
    edge: the check counts only where the question's main check, its first that is not an edge
        check, passes; so that an answer which computes nothing earns nothing.
    needs: questions whose value checks must pass first; otherwise the check is blocked.

    A check of several questions alike is parametrized over them, with one mark per parameter; the
    inputs are drawn inside, because what parametrize sees is fixed when checks are collected.
    """
    return pytest.mark.check(question, weight=weight, edge=edge, needs=needs)


class CheckError(Exception):
    """A check is written wrongly: the sentence tells its author what to change."""


@dataclass(frozen=True)
class CheckSpec:
    """A collected check."""

    name: str
    question: str
    title: str
    weight: int
    edge: bool
    needs: tuple[str, ...]


def read_spec(item: pytest.Item, manifest: Manifest) -> CheckSpec:
    """The check that a collected test is; CheckError if its mark or docstring is not right."""
    where = f"{item.path.name}: {item.name}"
    mark = item.get_closest_marker("check")
    if mark is None:
        raise CheckError(f"{where}: it has no @check(question)")
    question, options = mark.args[0], mark.kwargs
    names = [q.name for q in manifest.questions]
    for name in (question, *options["needs"]):
        if name not in names:
            raise CheckError(f"{where}: the manifest has no question {name!r}")
    if options["weight"] < 1:
        raise CheckError(f"{where}: its weight must be a positive whole number")
    docstring = inspect.getdoc(getattr(item, "function", None))
    if not docstring:
        raise CheckError(f"{where}: it has no docstring, and that is what a student reads")
    return CheckSpec(
        getattr(item, "originalname", item.name).removeprefix("test_"),
        question,
        docstring.partition("\n\n")[0].replace("\n", " ").rstrip("."),
        options["weight"],
        options["edge"],
        tuple(options["needs"]),
    )


class ChecksPlugin:
    """Gives checks their fixtures and hands their verdicts to the judge."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    @pytest.fixture
    def student(self) -> Student:
        """The submission's functions."""
        return self.judge.student

    @pytest.fixture
    def reference(self, request: pytest.FixtureRequest) -> Oracle:
        """The right answers."""
        return self.judge.reference(request.node)

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> Any:
        """A random generator, seeded for this check alone."""
        return self.judge.draws(request.node)

    @pytest.fixture
    def verdicts(self) -> Judge:
        """What earlier questions came to: `is_sound`, `known_mistake`, `wait_for`."""
        return self.judge

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Validate and order the checks, and leave out those of other questions."""
        self.judge.adopt(items)

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run the check through the judge."""
        names = inspect.signature(pyfuncitem.obj).parameters
        arguments = {name: pyfuncitem.funcargs[name] for name in names}
        self.judge.judge(pyfuncitem, pyfuncitem.obj, arguments)
        return True
